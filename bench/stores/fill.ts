import type { SessionStore } from "coatcheck";
import { stamp } from "../../src/testing/store/rule.ts";
import type { Fill } from "./growth.ts";
import { bodyOf, idOf, recordOf } from "./ours.ts";
import { lifetime } from "./subject.ts";

/** Through the store itself, many at once. */
export function fillByCreate(store: SessionStore, atOnce: number): Fill {
  return async (from, to) => {
    let next = from;
    const work = async (): Promise<void> => {
      for (let session = next++; session < to; session = next++) {
        await store.create(recordOf(session, Date.now()), Date.now());
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
  };
}

/** By one statement of the database; `numbers` is a query that gives the numbers from one to before another as column n. */
export function fillBySql(
  table: string,
  execute: (sql: string) => unknown,
  numbers: (from: number, to: number) => string,
  pad: string,
  ownColumn?: "prune_at",
): Fill {
  return async (from, to) => {
    const now = Date.now();
    const id = `'${idOf(0).replace(/0+$/, "")}' || ${pad}`;
    const row = `'session', ${id}, 1, '${stamp(1).commitId}', '${bodyOf(0, 0)}', 'user-' || n, ${now}, ${now}, ${now + lifetime}${ownColumn ? `, ${now + lifetime}` : ""}`;
    await execute(
      `INSERT INTO ${table} (namespace, id, version, commit_id, body, user_id, created_at, last_seen_at, expires_at${ownColumn ? `, ${ownColumn}` : ""})
       SELECT ${row} FROM (${numbers(from, to)}) AS numbers`,
    );
    await execute("ANALYZE");
  };
}

import { inBatches } from "../../core/language/breaks.ts";
import type { SessionStore, StoreCall } from "../../types/store.ts";
import { toText } from "../shared/plain-text.ts";
import type { SqlClient } from "../sql/client.ts";
import { quoted, type TableName } from "../sql/statements.ts";
import { sqliteDialect } from "./schema.ts";

/** Creates `clear` and `count`, which process sessions in batches: one statement for all of them would block the process. */
export function slicedOperations(
  name: TableName,
  ready: (call: StoreCall | undefined) => Promise<SqlClient>,
): Required<Pick<SessionStore, "clear" | "count">> {
  const table = quoted(sqliteDialect, name);
  const clear = `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE namespace = ? LIMIT ?)`;
  const count = `SELECT count(*), sum(expires_at > ?), max(id) FROM
    (SELECT id, expires_at FROM ${table} WHERE namespace = ? AND id > ? ORDER BY id LIMIT ?)`;

  return {
    async clear(namespace, call) {
      const signal = call?.signal;
      await inBatches(async (limit) => {
        signal?.throwIfAborted();
        return (await ready(call)).run(clear, [toText(namespace), limit], call);
      });
    },

    async count(namespace, now, call) {
      const signal = call?.signal;
      let [live, last] = [0, ""];
      await inBatches(async (limit) => {
        signal?.throwIfAborted();
        const [row] = await (await ready(call)).all(count, [now, toText(namespace), last, limit], call);
        const [seen, alive, id] = row ?? [];
        live += Number(alive ?? 0);
        last = String(id ?? last);
        return Number(seen);
      });
      return live;
    },
  };
}

import { createSessions, type SessionStore, type StoredRecord } from "coatcheck";
import { stamp } from "../../src/testing/store/rule.ts";
import { sessionData } from "../data.ts";
import { lifetime, type Subject } from "./subject.ts";

const namespace = "session";

/** As long as a real id, so that indexes are as wide as in production. */
export const idOf = (session: number): string => `bench-${String(session).padStart(16, "0")}`;

/** A body of 500 bytes as the core makes them, with a control part of the usual length before it. */
export function bodyOf(session: number, views: number): string {
  const control = JSON.stringify({ secret: "s".repeat(43), commits: Array(8).fill("c".repeat(11)), started: 1 });
  return `1:00000000:${control}\n${JSON.stringify({ ...sessionData("500 B", session), views })}`;
}

/** @param views how often it was changed */
export function recordOf(session: number, now: number, views = 0): StoredRecord {
  const times = { createdAt: now, lastSeenAt: now, expiresAt: now + lifetime };
  const body = bodyOf(session, views);
  return { namespace, id: idOf(session), ...stamp(views + 1), body, userId: `user-${session}`, ...times };
}

/** Our stores by the calls that the core makes. `create` begins at the number `next`. */
export function ours(store: SessionStore, next = 0): Subject {
  const versions = new Map<number, number>();
  const versionOf = (session: number): number => versions.get(session) ?? 1;
  const must = async (what: string, answer: boolean | Promise<boolean>): Promise<void> => {
    if (!(await answer)) throw new Error(`${store.name}: ${what} was refused`);
  };

  return {
    name: `coatcheck ${store.name}`,
    create() {
      const { userId, ...record } = recordOf(next++, Date.now());
      return must("create", store.create(record, Date.now()));
    },
    createSignedIn: () => must("create", store.create(recordOf(next++, Date.now()), Date.now())),
    async read(session) {
      const record = await store.read({ namespace, id: idOf(session) }, Date.now());
      if (!record) throw new Error(`${store.name}: session ${session} is not there`);
      JSON.parse(record.body.slice(record.body.indexOf("\n") + 1));
    },
    async replace(session) {
      const now = Date.now();
      const version = versionOf(session);
      await must("replace", store.replace(recordOf(session, now, version), stamp(version), now));
      versions.set(session, version + 1);
    },
    touch(session) {
      const now = Date.now();
      const key = { namespace, id: idOf(session) };
      return must("touch", store.touch(key, stamp(versionOf(session)), now, now + lifetime, now));
    },
    async update(times) {
      const limits = { commitTimeout: "60s", storeTimeout: "30s", pruneInterval: false } as const;
      const sessions = createSessions<{ views: number }>({ name: "update", store, ...limits });
      const { id } = await sessions.issue();
      const add = () => sessions.edit(id, (session) => session.update("views", (views = 0) => views + 1));
      await Promise.all(Array.from({ length: times }, add));
      return (await sessions.edit(id, (session) => session.get("views"))) ?? 0;
    },
    close: async () => store.close?.(),
  };
}

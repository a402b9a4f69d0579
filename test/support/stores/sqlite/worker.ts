import { sqliteStore } from "../../../../src/stores/sqlite/index.ts";
import { stamp } from "../../../../src/testing/store/rule.ts";
import { SessionError } from "../../../../src/types/errors.ts";
import type { StoredRecord } from "../../../../src/types/store.ts";

const [task = "", path = "", id = ""] = process.argv.slice(2);
const store = sqliteStore({ path });
const key = { namespace: "session", id };
const now = Date.now();
const times = { createdAt: now, lastSeenAt: now, expiresAt: now + 3_600_000 };

const tasks: Record<string, () => Promise<void>> = {
  /** Gets 60 new files ready, one after the other, while other processes do the same. */
  async setup() {
    for (let n = 0; n < 60; n++) {
      const own = sqliteStore({ path: `${path}-${n}` });
      await own.setup?.();
      await own.close?.();
    }
    process.stdout.write("ready");
  },

  /** Adds 100 to a number that other processes add to as well; whoever comes first creates it. */
  async add() {
    await store.create({ ...key, ...times, ...stamp(1), body: "0" }, now);
    for (let added = 0; added < 100; ) {
      const base = (await store.read(key, now)) as StoredRecord;
      const next = { ...base, ...stamp(base.version + 1), body: String(Number(base.body) + 1) };
      if (await store.replace(next, base, now)) added++;
    }
  },

  /** Writes versions of 20 kB, each of one letter, and says so after each, until it is killed. */
  async write() {
    await store.create({ ...key, ...times, ...stamp(1), body: "" }, now);
    let base = (await store.read(key, now)) as StoredRecord;
    for (;;) {
      const version = base.version + 1;
      const next = { ...base, ...stamp(version), body: letters(version) };
      if (!(await store.replace(next, base, now))) throw new Error("nobody else writes this record");
      process.stdout.write(`${version}\n`);
      base = next;
    }
  },

  /** Creates records until the store fails, and tells how. */
  async fill() {
    for (let n = 0; ; n++) {
      try {
        await store.create({ ...key, id: `${n}`, ...times, ...stamp(1), body: letters(n) }, now);
      } catch (error) {
        const left = await store.count?.("session", now);
        const isSessionError = error instanceof SessionError;
        process.stdout.write(JSON.stringify({ created: n, left, isSessionError, message: (error as Error).message }));
        return;
      }
    }
  },
};

function letters(version: number): string {
  return String.fromCharCode(97 + (version % 26)).repeat(20_000);
}

await tasks[task]?.();
await store.close?.();

import { closeSync, openSync, writeSync } from "node:fs";
import { fileStore } from "../../../src/stores/file/index.ts";
import { sqliteStore } from "../../../src/stores/sqlite/index.ts";
import { stamp } from "../../../src/testing/store/rule.ts";
import { SessionError } from "../../../src/types/errors.ts";
import type { SessionStore, StoredRecord } from "../../../src/types/store.ts";
import { bodyFor, firstRecord, isTorn, keyOf, now, sessionNames } from "../stores/file/books.ts";

const [task = "", kind = "", path = "", ...more] = process.argv.slice(2);
const store: SessionStore = kind === "file" ? fileStore({ path: path }) : sqliteStore({ path });

/** At once, so that a kill takes nothing back that was told. */
const tell = (line: string): void => void writeSync(1, `${line}\n`);

const tasks: Record<string, () => Promise<unknown>> = {
  /** Changes all sessions at the same time, and makes and ends others, each as fast as it can, until it is killed. */
  async write() {
    const round = more[0] ?? "";
    const change = async (name: string): Promise<never> => {
      await store.create(firstRecord(name), now);
      let base = (await store.read(keyOf(name), now)) as StoredRecord;
      if (isTorn(base)) tell(`torn ${name}`);
      for (;;) {
        const version = base.version + 1;
        const next = { ...base, ...stamp(version), body: bodyFor(version) };
        if (!(await store.replace(next, base, now))) throw new Error("nobody else writes this session");
        tell(`replaced ${name} ${version}`);
        base = next;
      }
    };
    const comeAndGo = async (): Promise<never> => {
      for (let n = 0; ; n++) {
        const name = `visit-${round}-${n}`;
        await store.create({ ...firstRecord(name), userId: "ada" }, now);
        tell(`created ${name}`);
        if (n % 2) continue;
        await store.delete(keyOf(name));
        tell(`deleted ${name}`);
      }
    };
    await Promise.all([...sessionNames.map(change), comeAndGo()]);
  },

  /** Adds 50 to a number that others add to as well, while they touch the session and prune. */
  async add() {
    await store.create({ ...firstRecord("sum"), body: "0" }, now);
    for (let added = 0; added < 50; ) {
      const base = (await store.read(keyOf("sum"), now)) as StoredRecord;
      const next = { ...base, ...stamp(base.version + 1), body: String(Number(base.body) + 1) };
      if (await store.replace(next, base, now)) added++;
      await store.touch(keyOf("sum"), next, now + added, base.expiresAt + 1, now);
      await store.prune?.(now, 10);
    }
  },

  /** Tries without end to change sessions that are being deleted, each from what it reads. */
  async haunt() {
    tell("ready");
    for (;;) {
      for (const name of more) {
        const base = await store.read(keyOf(name), now);
        if (!base) continue;
        await store.replace({ ...base, version: base.version + 1 }, base, now);
        await store.touch(keyOf(name), stamp(base.version + 1), now + 1, now + 9_000_000, now);
      }
    }
  },

  /** Deletes what is over at an instant, a few at a time, until nothing is; tells how many. */
  async prune() {
    const [over = 0, limit = 0] = more.map(Number);
    tell("ready");
    await new Promise((resolve) => process.stdin.once("data", resolve));
    process.stdin.unref();
    let total = 0;
    for (let idle = 0; idle < 3; ) {
      const pruned = (await store.prune?.(over, limit)) ?? 0;
      if (pruned > limit) tell(`too many: ${pruned}`);
      total += pruned;
      idle = pruned === 0 ? idle + 1 : 0;
    }
    tell(`pruned ${total}`);
  },

  /** Does one operation of each kind on a session that is there, and tells what came of it; with "no-files", when it can open no file. */
  async try() {
    const [session = "", circumstance] = more;
    const base = firstRecord(session);
    const opened: number[] = [];
    if (circumstance === "no-files") {
      // While there are some, the store gets ready and loads what it needs.
      await store.replace(base, stamp(99), now);
      try {
        for (;;) opened.push(openSync("/dev/null", "r"));
      } catch {
        // That was the last.
      }
    }
    const told = {
      create: await attempt(() => store.create(firstRecord("another"), now)),
      replace: await attempt(() => store.replace({ ...base, ...stamp(2), body: bodyFor(2) }, stamp(1), now)),
      touch: await attempt(() => store.touch(keyOf(session), stamp(1), now + 1, now + 9_000_000, now)),
      read: await attempt(async () => (await store.read(keyOf(session), now))?.version),
      delete: await attempt(() => store.delete(keyOf("leaving"))),
    };
    for (const file of opened) closeSync(file);
    tell(JSON.stringify(told));
  },
};

async function attempt(act: () => unknown): Promise<unknown> {
  try {
    return { value: await act() };
  } catch (error) {
    const { code, message } = error as SessionError;
    return { certain: error instanceof SessionError, code, message };
  }
}

await tasks[task]?.();
await store.close?.();

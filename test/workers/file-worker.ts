import { writeSync } from "node:fs";
import type { SessionStore, StoredRecord } from "../../src/core/store.ts";
import { fileStore } from "../../src/stores/file.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { bodyFor, firstRecord, isTorn, keyOf, now, sessionNames } from "../stores/_file-books.ts";

const [task = "", kind = "", path = "", ...more] = process.argv.slice(2);
const store: SessionStore = kind === "file" ? fileStore({ directory: path }) : sqliteStore({ path });

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
        const next = { ...base, version, body: bodyFor(version) };
        if (!(await store.replace(next, base.version, now))) throw new Error("nobody else writes this session");
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
};

await tasks[task]?.();
await store.close?.();

import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { fileStore } from "../../../src/stores/file/index.ts";
import { sqliteStore } from "../../../src/stores/sqlite/index.ts";
import { stamp } from "../../../src/testing/store/rule.ts";
import type { SessionStore } from "../../../src/types/store.ts";
import { bodyFor, isTorn, keyOf, now, sessionNames } from "../../support/stores/file/books.ts";
import { testFolder } from "../../support/stores/file/folder.ts";
import { bundledWorker, start } from "../../support/stores/file/worker.ts";

const newPath = testFolder("file-crash");
const worker = bundledWorker("file-worker");

const kills = 100;
const stores: Readonly<Record<string, (path: string) => SessionStore>> = {
  file: (directory) => fileStore({ path: directory }),
  SQLite: (path) => sqliteStore({ path }),
};

/** What was acknowledged before the kills so far. */
interface Books {
  readonly versions: Map<string, number>;
  readonly created: Set<string>;
  readonly deleted: Set<string>;
}

function note({ versions, created, deleted }: Books, line: string): void {
  const [what, name = "", version] = line.split(" ");
  if (what === "replaced") versions.set(name, Number(version));
  else if (what === "created") created.add(name);
  else if (what === "deleted") deleted.add(name);
  else expect.fail(line);
}

describe.each(Object.entries(stores))("B41: a process that is killed while it writes, %s", (kind, open) => {
  test(`${kills * sessionNames.length} changes cut short: the old record or the new one, and all that was acknowledged`, async () => {
    const path = newPath();
    const books: Books = { versions: new Map(), created: new Set(), deleted: new Set() };
    const store = open(path);
    for (let round = 0; round < kills; round++) {
      const { child, lines, rest } = start(worker, ["write", kind, path, String(round)]);
      note(books, (await lines.next()).value);
      await sleep(Math.random() * 20);
      child.kill("SIGKILL");
      for (const line of await rest()) note(books, line);

      for (const name of sessionNames) {
        const record = await store.read(keyOf(name), now);
        const acknowledged = books.versions.get(name) ?? 0;
        if (acknowledged > 0) expect([acknowledged, acknowledged + 1]).toContain(record?.version);
        if (record) expect(isTorn(record)).toBe(false);
        if (record) books.versions.set(name, record.version);
      }
    }
    for (const name of books.deleted) expect(await store.read(keyOf(name), now)).toBeUndefined();
    for (const name of books.created) {
      const record = await store.read(keyOf(name), now);
      if (books.deleted.has(name)) expect(record).toBeUndefined();
      // It may have been told to go, and been killed before it could say so.
      else if (Number(name.split("-")[2]) % 2) expect(record?.body).toBe(bodyFor(1));
    }
    if (kind === "file") await expectTidied(store, path);
    await store.close?.();
  });
});

/** What the killed processes have left behind goes: with the next change of its session, or some time later. */
async function expectTidied(store: SessionStore, directory: string): Promise<void> {
  const filesOf = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(relative(directory, parentPath), name));
  const strays = filesOf(join(directory, "moving")).length;
  for (const name of sessionNames) {
    const record = await store.read(keyOf(name), now);
    if (record) await store.replace({ ...record, ...stamp(record.version + 1) }, record, now);
  }
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 2 * 3_600_000 });
  await store.prune?.(now, 1_000).finally(() => vi.useRealTimers());
  const left = filesOf(directory);
  expect(strays).toBeGreaterThan(0);
  expect(left.filter((path) => path.startsWith("moving"))).toEqual([]);
  const count = await store.count?.("session", now);
  for (const kind of ["head", "body"])
    expect(left.filter((path) => path.includes(`/${kind}.`))).toHaveLength(count ?? 0);
}

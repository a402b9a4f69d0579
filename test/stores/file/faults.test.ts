import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, cpSync, existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { fileStore } from "../../../src/stores/file/index.ts";
import { sqliteStore } from "../../../src/stores/sqlite/index.ts";
import { stamp } from "../../../src/testing/store/rule.ts";
import { SessionError } from "../../../src/types/errors.ts";
import type { SessionStore } from "../../../src/types/store.ts";
import { bodyFor, firstRecord, keyOf, now } from "../../support/stores/file/books.ts";
import { testFolder } from "../../support/stores/file/folder.ts";
import { mountSmall, unmountable } from "../../support/stores/file/mount.ts";
import { bundledWorker, start } from "../../support/stores/file/worker.ts";

const newPath = testFolder("file-faults");
const worker = bundledWorker("file-worker");

const openers: Readonly<Record<string, (path: string) => SessionStore>> = {
  file: (directory) => fileStore({ path: directory }),
  SQLite: (path) => sqliteStore({ path }),
};
const stores = Object.entries(openers);

interface Told {
  readonly value?: unknown;
  readonly certain?: boolean;
  readonly code?: string;
  readonly message?: string;
}

/** What a store says to an attempt, as the worker tells it. */
async function toldBy(kind: string, path: string, more: string[], wrapper?: string[]): Promise<Record<string, Told>> {
  const { rest } = start(worker, ["try", kind, path, ...more], wrapper);
  return JSON.parse((await rest()).join(""));
}

async function failure(work: unknown): Promise<SessionError> {
  const error = await Promise.resolve(work).then(
    (value) => expect.fail(`it gave ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SessionError);
  expect((error as SessionError).code).toBe("STORE_UNAVAILABLE");
  return error as SessionError;
}

const noMounts = unmountable(newPath());
const withMounts = noMounts === undefined ? describe : describe.skip;

withMounts(`a file system that is full or read-only${noMounts === undefined ? "" : ` (left out: ${noMounts})`}`, () => {
  /** Creates sessions until there is no more room. */
  async function fill(store: SessionStore): Promise<{ names: string[]; error: SessionError }> {
    const names: string[] = [];
    for (;;) {
      const name = `fill-${names.length}`;
      try {
        await store.create({ ...firstRecord(name), userId: "ada" }, now);
        names.push(name);
      } catch (error) {
        return { names, error: error as SessionError };
      }
    }
  }

  test("B42: a full disk is named, nothing is lost, and logout still works, file", async () => {
    const { path } = mountSmall(newPath(), 1_048_576);
    const store = fileStore({ path: join(path, "sessions") });
    const { names, error } = await fill(store);
    expect(names.length).toBeGreaterThan(10);
    expect([error.code, error.message]).toEqual(["STORE_UNAVAILABLE", expect.stringContaining("disk is full")]);
    expect(error.message).toContain("(ENOSPC)");

    const [one = "", two = ""] = names;
    const longer = { ...firstRecord(one), ...stamp(2), body: randomBytes(50_000).toString("hex") };
    expect((await failure(store.replace(longer, stamp(1), now))).message).toContain("disk is full");
    for (const name of names)
      expect(await store.read(keyOf(name), now)).toEqual({ ...firstRecord(name), userId: "ada" });
    expect(await store.touch(keyOf(two), stamp(1), now + 1, now + 2_000, now)).toBe(true);

    expect(await store.delete(keyOf(one))).toBe(true);
    expect(await store.read(keyOf(one), now)).toBeUndefined();
    expect(await store.create(firstRecord("room"), now)).toBe(true);
    expect(await store.prune?.(now + 2_000, 10)).toBe(1);
    expect(await store.count?.("session", now)).toBe(names.length - 1);
  });

  test("B42: a full disk is named, nothing is lost, and a logout that is refused says so, SQLite", async () => {
    const { path } = mountSmall(newPath(), 1_048_576);
    const store = sqliteStore({ path: join(path, "sessions.db") });
    const { names, error } = await fill(store);
    expect(names.length).toBeGreaterThan(10);
    expect(error.message).toContain("full");
    for (const name of names)
      expect(await store.read(keyOf(name), now)).toEqual({ ...firstRecord(name), userId: "ada" });
    const [one = ""] = names;
    const deleted = await Promise.resolve(store.delete(keyOf(one))).catch((refusal: unknown) => {
      expect(refusal).toBeInstanceOf(SessionError);
      return false;
    });
    expect((await store.read(keyOf(one), now)) === undefined).toBe(deleted);
    await store.close?.();
  });

  test.each(stores)("B42: a read-only file system is named, and nothing is lost, %s", async (kind, open) => {
    const [path, mount] = [newPath(), mountSmall(newPath(), 4_194_304)];
    const store = open(path);
    for (const name of ["one", "leaving"]) await store.create(firstRecord(name), now);
    await store.close?.();
    const copy = join(mount.path, basename(path));
    for (const end of ["", "-wal"]) if (existsSync(path + end)) cpSync(path + end, copy + end, { recursive: true });
    mount.makeReadOnly();
    const told = await toldBy(kind, copy, ["one"]);
    for (const name of ["create", "replace", "touch", "delete"]) {
      expect(told[name]).toMatchObject({ certain: true, code: "STORE_UNAVAILABLE" });
      expect(told[name]?.message).toMatch(kind === "file" ? /read-only.*\(EROFS\)/ : /may this process write there/);
    }
    // SQLite cannot even read, because it has to keep a log.
    if (kind === "file") expect(told.read).toEqual({ value: 1 });
    mount.makeWritable();
    expect(await toldBy(kind, copy, ["one"])).toEqual({
      create: { value: true },
      replace: { value: true },
      touch: { value: false },
      read: { value: 2 },
      delete: { value: true },
    });
  });
});

/** Permissions do not bind root. */
const asNobody = process.getuid?.() === 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];

test("B42: a directory that the process may not write to is named, and sessions are still read", async () => {
  const directory = newPath();
  const store = fileStore({ path: directory });
  await store.create(firstRecord("one"), now);
  await store.create(firstRecord("leaving"), now);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chmodSync(dirname(directory), 0o711);
  expect(spawnSync("chmod", ["-R", isRoot ? "go+rX" : "u-w", directory]).status).toBe(0);
  const told = await toldBy("file", directory, ["one"], asNobody);
  for (const name of ["create", "replace", "touch", "delete"]) {
    expect(told[name]).toMatchObject({ certain: true, code: "STORE_UNAVAILABLE" });
    expect(told[name]?.message).toMatch(/permission is missing.*\(EACCES\)/);
  }
  expect(told.read).toEqual({ value: 1 });
  spawnSync("chmod", ["-R", "u+w", directory]);
  expect(await store.read(keyOf("one"), now)).toEqual(firstRecord("one"));
});

describe("B42: too many open files", () => {
  const limited = ["sh", "-c", 'ulimit -n 64 && exec "$0" "$@"'];

  test("B42: too many open files are named, nothing is lost, and logout still works, file", async () => {
    const directory = newPath();
    const store = fileStore({ path: directory });
    await store.create(firstRecord("one"), now);
    await store.create(firstRecord("leaving"), now);
    const told = await toldBy("file", directory, ["one", "no-files"], limited);
    for (const name of ["create", "replace", "read", "touch"]) {
      expect(told[name]).toMatchObject({ certain: true, code: "STORE_UNAVAILABLE" });
      expect(told[name]?.message).toMatch(/too many open files.*\(EMFILE\)/);
    }
    expect(told.delete).toEqual({ value: true });
    expect(await store.read(keyOf("leaving"), now)).toBeUndefined();
    expect(await store.read(keyOf("one"), now)).toEqual(firstRecord("one"));
    expect(await store.read(keyOf("another"), now)).toBeUndefined();
  });

  test("B42: too many open files do not keep an open SQLite store from working", async () => {
    const path = newPath();
    const store = sqliteStore({ path });
    await store.create(firstRecord("one"), now);
    await store.create(firstRecord("leaving"), now);
    const told = await toldBy("SQLite", path, ["one", "no-files"], limited);
    expect(told).toEqual({
      create: { value: true },
      replace: { value: true },
      touch: { value: false },
      read: { value: 2 },
      delete: { value: true },
    });
    expect(await store.read(keyOf("leaving"), now)).toBeUndefined();
    expect((await store.read(keyOf("one"), now))?.body).toBe(bodyFor(2));
    await store.close?.();
  });
});

import { readdirSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { disk, type Files, type OpenDirectory } from "../../../src/stores/file/filesystem.ts";
import { mapParallel } from "../../../src/stores/file/root.ts";
import { stamp } from "../../../src/testing/store/rule.ts";
import { SessionError } from "../../../src/types/errors.ts";
import type { SessionStore, StoreCall, StoredRecord } from "../../../src/types/store.ts";
import { testFolder } from "../../support/stores/file/folder.ts";
import { before, storeOver } from "../../support/stores/file/stage.ts";
import type { Plain } from "../../support/stores/plain.ts";

const newPath = testFolder("file-steps");
const now = 1_800_000_000_000;
const minute = 60_000;
const hour = 60 * minute;
const key = { namespace: "session", id: "one" };
const record = (fields: Partial<StoredRecord> = {}): StoredRecord => ({
  ...key,
  ...stamp(1),
  body: "first",
  userId: "ada",
  createdAt: now,
  lastSeenAt: now,
  expiresAt: now + hour,
  ...fields,
});
const second = record({ ...stamp(2), body: "second" });

/** A store whose calls of the file system are told, in short: `place` is a session's directory, `*` what is drawn or hashed. */
function toldStore(path = newPath()): { store: Plain; steps: string[] } {
  const steps: string[] = [];
  const tell = async (name: string, at: string): Promise<void> => {
    const short = at
      .replace(path, "")
      .replace(/\/[0-9a-f]{32}\//, "")
      .replace(/sessions\/..\/[0-9a-f]{64}/, "place")
      .replace(/(head|over)\.[^/]*/, "$1")
      .replaceAll(/-?\d{6,}\./g, "")
      .replaceAll(/[0-9a-f]{16,}(\.[0-9a-f]{64})?/g, "*")
      .replace(/(sessions|users)\/[0-9a-f]{2}/, "$1/..");
    steps.push(`${name} ${short}`);
  };
  const files = before(disk, tell);
  const openDirectory = async (at: string): Promise<OpenDirectory> => {
    const directory = await disk.openDirectory(at);
    return { close: () => directory.close(), sync: () => tell("sync", at).then(() => directory.sync()) };
  };
  return { steps, store: storeOver({ ...files, openDirectory }, path).store as Plain };
}

/** What an operation does, on a store that has been used before. */
async function stepsOf(act: (store: Plain) => unknown, records = [record()]): Promise<string[]> {
  const { store, steps } = toldStore();
  await mapParallel(records, async (one) => {
    await store.create(one, now);
  });
  steps.length = 0;
  await act(store);
  return steps;
}

describe("what an operation does to the disk", () => {
  test("read: a look at the session's directory, and one file", async () => {
    expect(await stepsOf((store) => store.read(key, now))).toEqual(["list place", "read place/body.*"]);
  });

  test("touch: one rename; a new entry in the user's list not more than once an hour", async () => {
    const touch = (later: number) => (store: Plain) => store.touch(key, stamp(1), now + later, now + hour + later, now);
    expect(await stepsOf(touch(hour))).toEqual(["list place", "move place/head"]);
    expect(await stepsOf(touch(hour + 1))).toEqual([
      "list place",
      "write users/../*/*",
      "sync users/../*",
      "move place/head",
      "remove users/../*/*",
    ]);
  });

  test("replace: the body has reached the disk before the session has it, and the session before the caller is told", async () => {
    expect(await stepsOf((store) => store.replace(second, stamp(1), now))).toEqual([
      "list place",
      "write place/body.*",
      "move place/head",
      "sync place",
      "remove place/body.*",
    ]);
  });

  test("replace with another user: the user's list before the session", async () => {
    const steps = await stepsOf((store) => store.replace({ ...second, userId: "bob" }, stamp(1), now));
    expect(steps.filter((step) => !step.startsWith("makeDirectory"))).toEqual([
      "list place",
      "write users/../*/*",
      "sync users",
      "sync users/..",
      "write users/../*/*",
      "write place/body.*",
      "sync users/../*",
      "move place/head",
      "sync place",
      "remove users/../*/*",
      "remove place/body.*",
    ]);
  });

  test("create: all of a session has reached the disk before it takes its place", async () => {
    const { store, steps } = toldStore();
    await store.create(record(), now);
    await store.delete(key);
    steps.length = 0;
    await store.create(record(), now);
    expect(steps).toEqual([
      "write deadlines/500001/*",
      "write users/../*/*",
      "makeDirectory /moving/new.*",
      "write /moving/new.*/head",
      "write /moving/new.*/body.*",
      "sync /moving/new.*",
      "sync users/../*",
      "move /moving/new.*",
      "sync sessions/..",
    ]);
  });

  test("delete: the session is gone before the caller is told, and only then cleaned up", async () => {
    expect(await stepsOf((store) => store.delete(key))).toEqual([
      "move place",
      "sync sessions/..",
      "list /moving/gone.*",
      "remove users/../*/*",
      "remove /moving/gone.*/body.*",
      "remove /moving/gone.*/head",
      "removeDirectory /moving/gone.*",
    ]);
  });

  test("an operation on a session that is gone: one look", async () => {
    const gone = { namespace: "session", id: "gone" };
    expect(await stepsOf((store) => store.read(gone, now))).toEqual(["list place"]);
    expect(await stepsOf((store) => store.replace({ ...second, ...gone }, stamp(1), now))).toEqual(["list place"]);
    expect(await stepsOf((store) => store.touch(gone, stamp(1), now, now + hour, now))).toEqual(["list place"]);
    expect(await stepsOf((store) => store.replace(second, stamp(2), now))).toEqual(["list place"]);
  });

  test("B53: the list of a user reads that user's sessions, and none of the other 1,000", async () => {
    const own = Array.from({ length: 3 }, (_, n) => record({ id: `own-${n}`, createdAt: now + n }));
    const others = Array.from({ length: 1_000 }, (_, n) => record({ id: `${n}`, userId: `user-${n % 7}` }));
    const list = async (store: Plain) => {
      const page = await store.list("session", { userId: "eve", limit: 2 }, now);
      expect(page.records).toEqual(eves.slice(0, 2));
    };
    const eves = own.map((one) => ({ ...one, userId: "eve" }));
    const steps = ["list users/../*", "list place", "list place", "read place/body.*", "read place/body.*"];
    expect((await stepsOf(list, eves)).sort()).toEqual(steps.sort());
    expect((await stepsOf(list, [...others, ...eves])).sort()).toEqual(steps);
  });

  test("B44: prune looks at what may be over and at one of 256 parts, and reads no body", async () => {
    const { store, steps } = toldStore();
    const deadlines = Array.from({ length: 1_000 }, (_, n) => now + (n < 20 ? minute : 9 * hour));
    await mapParallel([...deadlines.entries()], async ([n, expiresAt]) => {
      await store.create(record({ id: `${n}`, expiresAt }), now);
    });
    const looks = async (at: number) => {
      steps.length = 0;
      const pruned = await store.prune(at, 10);
      expect(steps.filter((step) => step.startsWith("read"))).toEqual([]);
      return { pruned, looks: steps.filter((step) => step === "list place").length };
    };
    const part = 30;
    for (const pruned of [10, 10, 0, 0]) {
      const seen = await looks(now + minute);
      expect(seen.pruned).toBe(pruned);
      expect(seen.looks).toBeLessThan(pruned + part);
    }
  });

  test("B44: a session that is in use is looked at by prune when its first deadline is over, and then no more", async () => {
    const { store, steps } = toldStore();
    for (let n = 0; n < 100; n++) await store.create(record({ id: `${n}`, userId: undefined }), now);
    for (let n = 0; n < 100; n++)
      await store.touch({ ...key, id: `${n}` }, stamp(1), now + minute, now + 5 * hour, now);
    const looks = async () => {
      steps.length = 0;
      expect(await store.prune(now + 2 * hour, 10)).toBe(0);
      return steps.filter((step) => step === "list place").length;
    };
    expect(await looks()).toBeGreaterThanOrEqual(100);
    expect(await looks()).toBeLessThan(20);
    expect(await store.prune(now + 5 * hour, 100)).toBe(100);
  });
});

describe("a call that was aborted", () => {
  const acts: Readonly<Record<string, (store: SessionStore, call: StoreCall) => unknown>> = {
    create: (store, call) => store.create(record({ id: "another" }), now, call),
    replace: (store, call) => store.replace(second, stamp(1), now, call),
    "replace with another user": (store, call) => store.replace({ ...second, userId: "bob" }, stamp(1), now, call),
    touch: (store, call) => store.touch(key, stamp(1), now + minute, now + 9 * hour, now, call),
    delete: (store, call) => store.delete(key, call),
    clear: (store, call) => (store as Plain).clear("session", call),
  };

  test.each(Object.entries(acts))("B40: before %s was published writes nothing, whenever that was", async (_, act) => {
    let refused = 0;
    for (let step = 0, isDone = false; !isDone; step++) {
      const path = newPath();
      const abort = new AbortController();
      let taken = 0;
      const files = before(disk, async () => void (taken++ === step && abort.abort()));
      const { store: other } = storeOver(disk, path);
      await other.create(record(), now);
      const outcome = await Promise.resolve(act(storeOver(files, path).store, abort)).catch((error: unknown) => error);
      isDone = taken <= step;
      const all = (await (other as Plain).list("session", { limit: 5 }, now)).records;
      if (outcome instanceof SessionError) {
        refused++;
        expect(outcome.code).toBe("STORE_UNAVAILABLE");
        expect(all).toEqual([record()]);
        expect(readdirSync(`${path}/moving`)).toEqual([]);
      } else expect(all).not.toEqual([record()]);
    }
    expect(refused).toBeGreaterThan(0);
  });
});

describe("a file system that refuses", () => {
  const acts: Readonly<Record<string, (store: SessionStore) => unknown>> = {
    create: (store) => store.create(record({ id: "another" }), now),
    replace: (store) => store.replace(second, stamp(1), now),
    touch: (store) => store.touch(key, stamp(1), now + minute, now + 9 * hour, now),
    delete: (store) => store.delete(key),
  };
  const refusal = (code: string): Error => Object.assign(new Error(`${code}: refused`), { code });

  /** Refuses one call, the nth, and syncs of directories as well where it is told to. */
  function refusing(code: string, nth: number): { files: Files; calls: () => number } {
    let calls = 0;
    const files = before(disk, async () => {
      if (++calls === nth) throw refusal(code);
    });
    return { files, calls: () => calls };
  }

  test.each(["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "EMFILE", "ENFILE", "EIO", "EWHATEVER"])(
    "B42: %s at any call: either it says so and nothing was written, or all was",
    async (code) => {
      for (const [name, act] of Object.entries(acts)) {
        for (let nth = 1, isDone = false; !isDone; nth++) {
          const path = newPath();
          const { store: other } = storeOver(disk, path);
          await other.create(record(), now);
          const { files, calls } = refusing(code, nth);
          const outcome = await Promise.resolve(act(storeOver(files, path).store)).catch((error: unknown) => error);
          isDone = calls() < nth;
          const all = (await (other as Plain).list("session", { limit: 5 }, now)).records;
          if (outcome instanceof SessionError) {
            expect(outcome.code).toBe("STORE_UNAVAILABLE");
            expect(outcome.message).toContain(code);
            expect(all).toEqual([record()]);
          } else if (outcome === true) expect(all).not.toEqual([record()]);
          // Only a disk that fails in the decisive moment leaves it open.
          else expect([name, code, outcome]).toEqual([name, "EIO", refusal("EIO")]);
        }
      }
    },
  );

  test("a write that the disk may not have kept has an open outcome", async () => {
    const openDirectory = async (path: string): Promise<OpenDirectory> => {
      const { close } = await disk.openDirectory(path);
      return { close, sync: () => Promise.reject(refusal("EIO")) };
    };
    const path = newPath();
    const { store: other } = storeOver(disk, path);
    await other.create(record(), now);
    const { store } = storeOver({ ...disk, openDirectory }, path);
    await expect(store.replace(second, stamp(1), now)).rejects.toEqual(refusal("EIO"));
    expect(await other.read(key, now)).toEqual(second);
    await expect(store.delete(key)).rejects.toEqual(refusal("EIO"));
    expect(await other.read(key, now)).toBeUndefined();
  });

  test("what cannot be tidied up after the deed changes no result, and is cleaned up later", async () => {
    const path = newPath();
    const { store: other } = storeOver(disk, path);
    await other.create(record(), now);
    const remove = () => Promise.reject(refusal("EIO"));
    const { store } = storeOver({ ...disk, remove }, path);
    expect(await store.replace({ ...second, userId: "bob" }, stamp(1), now)).toBe(true);
    expect(await store.delete(key)).toBe(true);
    expect(readdirSync(`${path}/moving`)).toHaveLength(1);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 2 * hour });
    await other.prune?.(now, 10).finally(() => vi.useRealTimers());
    expect(readdirSync(`${path}/moving`)).toEqual([]);
  });
});

describe("a directory that changes while it is read", () => {
  const torn: Readonly<Record<string, (names: string[]) => string[]>> = {
    "a head under both of its names": (names) => [...names, ...names.map((name) => name.replace(/^head\.1/, "head.2"))],
    "a head under none": (names) => names.filter((name) => !name.startsWith("head")),
  };
  test.each(Object.entries(torn))("%s is looked at again", async (_, tear) => {
    const path = newPath();
    await storeOver(disk, path).store.create(record(), now);
    let looks = 0;
    const list = async (at: string) => {
      const names = await disk.list(at);
      return /\/[0-9a-f]{64}$/.test(at) && looks++ === 0 ? tear(names) : names;
    };
    const { store } = storeOver({ ...disk, list }, path);
    expect(await store.read(key, now)).toEqual(record());
    looks = 0;
    expect(await store.create(record(), now)).toBe(false);
    looks = 0;
    expect(await store.replace(second, stamp(1), now)).toBe(true);
  });
});

import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createSessions, SessionError } from "coatcheck";
import Database from "libsql";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { sqliteStore } from "../../../src/stores/sqlite/index.ts";
import { stamp } from "../../../src/testing/store/rule.ts";
import type { SessionStore } from "../../../src/types/store.ts";
import { mountSmall, unmountable } from "../../support/stores/file/mount.ts";
import { failure, hour, now, record } from "../../support/stores/records.ts";
import { holdLock } from "../../support/stores/sqlite/holder.ts";

const directory = mkdtempSync(join(tmpdir(), "coatcheck-sqlite-faults-"));
let files = 0;
const newPath = () => join(directory, `${++files}.db`);
afterAll(() => rmSync(directory, { recursive: true }));

const opened = (store: SessionStore): SessionStore => {
  onTestFinished(() => store.close?.());
  return store;
};

/** Waits until a timer of this process has gone off so many times. */
async function ticks(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await sleep(1);
}

describe("B80: while another process holds the write lock", () => {
  const stage = async (limits: { storeTimeout: `${number}ms`; commitTimeout: `${number}ms` }) => {
    const path = newPath();
    const store = sqliteStore({ path });
    const sessions = createSessions<{ n: number }>({
      store,
      pruneInterval: false,
      observer: () => undefined,
      ...limits,
    });
    onTestFinished(() => sessions.close());
    const issued = [];
    for (let n = 0; n < 6; n++) issued.push(await sessions.issue({ data: { n } }));
    return { path, sessions, ids: issued.map(({ id }) => id) };
  };

  test("B80: six writes wait and everything else goes on; each is done when the lock is free", async () => {
    const { path, sessions, ids } = await stage({ storeTimeout: "60000ms", commitTimeout: "60000ms" });
    const release = await holdLock(path, "BEGIN IMMEDIATE");
    let done = 0;
    const writes = ids.map((id) => sessions.edit(id, (session) => session.set("n", 100)).then(() => done++));
    await ticks(30);
    for (const id of ids) expect(await sessions.find(id)).toMatchObject({ id });
    expect(await sessions.count()).toBe(6);
    expect(done).toBe(0);
    await release();
    await Promise.all(writes);
    for (const id of ids) expect(await sessions.edit(id, (session) => session.get("n"))).toBe(100);
  });

  test("B80: reads see what others commit while a write of this connection waits", async () => {
    const path = newPath();
    const store = opened(sqliteStore({ path }));
    await store.create(record(), now);
    const other = new Database(path);
    onTestFinished(() => void other.close());
    other.exec("BEGIN IMMEDIATE");
    const waiting = store.touch(record(), stamp(1), now + 5, now + 2 * hour, now);
    expect(await store.read(record(), now)).toMatchObject({ body: "body" });
    other.exec("UPDATE coatcheck_sessions SET body = 'newer', version = 2, commit_id = 'commit-of-2'");
    other.exec("COMMIT");
    expect(await store.read(record(), now)).toMatchObject({ body: "newer", version: 2 });
    expect(await waiting).toBe(false);
  });

  test("B80: a commit that waits in vain names the lock and its file, and nothing was written", async () => {
    const { path, sessions, ids } = await stage({ storeTimeout: "1000ms", commitTimeout: "3000ms" });
    const release = await holdLock(path, "BEGIN IMMEDIATE");
    const errors = await Promise.all(ids.map((id) => failure(sessions.edit(id, (session) => session.set("n", 100)))));
    for (const error of errors) {
      expect(["STORE_UNAVAILABLE", "COMMIT_TIMEOUT"]).toContain(error.code);
      expect(error.message).toContain(`holds the write lock on ${path}`);
      expect(error.message).toContain("nothing was written");
      expect(error.message).not.toContain("other requests");
    }
    const refused = await failure(sessions.issue({ data: { n: 7 } }));
    expect(refused.code).toBe("STORE_UNAVAILABLE");
    expect(refused.message).toContain(`holds the write lock on ${path}`);
    await release();
    expect(await sessions.count()).toBe(6);
  });

  test("B80: waiting writes are done in order, and one that was given up is not", async () => {
    const path = newPath();
    const store = opened(sqliteStore({ path }));
    await store.setup?.();
    const release = await holdLock(path, "BEGIN IMMEDIATE");
    const controller = new AbortController();
    const wait = { signal: new AbortController().signal };
    const first = store.create(record({ id: "1" }), now, wait);
    const given = failure(store.create(record({ id: "2" }), now, { signal: controller.signal }));
    const rest = Array.from({ length: 20 }, (_, n) => store.create(record({ id: `${n + 3}` }), now, wait));
    await ticks(5);
    controller.abort();
    expect((await given).message).toContain("nothing was written");
    await release();
    expect(await Promise.all([first, ...rest])).toEqual(Array(21).fill(true));
    const reader = new Database(path);
    const ids = reader.prepare("SELECT id FROM coatcheck_sessions ORDER BY rowid").all() as { id: string }[];
    reader.close();
    expect(ids.map(({ id }) => id)).toEqual(["1", ...Array.from({ length: 20 }, (_, n) => `${n + 3}`)]);
  });

  test.each(["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"] as const)(
    "the first use of a new file waits for %s too, and can be given up",
    async (begin) => {
      const path = newPath();
      const app = new Database(path);
      app.exec("CREATE TABLE orders (id INTEGER PRIMARY KEY)");
      app.close();
      const release = await holdLock(path, begin);
      const store = opened(sqliteStore({ path }));
      const controller = new AbortController();
      const given = failure(store.create(record({ id: "2" }), now, { signal: controller.signal }));
      const creating = store.create(record(), now, { signal: new AbortController().signal });
      await ticks(30);
      controller.abort();
      // The first sentence where the driver was not even loaded by then.
      expect((await given).message).toMatch(/holds the write lock on|was ready too late/);
      await release();
      expect(await creating).toBe(true);
      expect(await store.count?.("session", now)).toBe(1);
    },
  );

  test("B80: reads that are locked out wait as well", async () => {
    const path = newPath();
    const database = new Database(path);
    onTestFinished(() => void database.close());
    const store = sqliteStore({ database });
    // Without WAL, where a writer keeps readers out.
    await store.create(record(), now);
    const release = await holdLock(path, "BEGIN EXCLUSIVE");
    const controller = new AbortController();
    const given = failure(store.read(record(), now, { signal: controller.signal }));
    const reading = store.read(record(), now, { signal: new AbortController().signal });
    await ticks(10);
    controller.abort();
    expect((await given).message).toContain(`holds the read lock on ${path}`);
    await release();
    expect(await reading).toEqual(record());
  });

  test("B80: a handle with a long busy timeout does not block the process, and keeps its setting", async () => {
    const path = newPath();
    const database = new Database(path);
    onTestFinished(() => void database.close());
    database.exec("PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 600000");
    const store = sqliteStore({ database });
    await store.create(record(), now);
    const release = await holdLock(path, "BEGIN IMMEDIATE");
    const deleting = store.delete(record(), { signal: new AbortController().signal });
    await ticks(10);
    expect(database.prepare("PRAGMA busy_timeout").all()).toEqual([{ timeout: 600_000 }]);
    await release();
    expect(await deleting).toBe(true);
  });

  test("B80: closing the store refuses waiting writes", async () => {
    const path = newPath();
    const store = sqliteStore({ path });
    await store.setup?.();
    const release = await holdLock(path, "BEGIN IMMEDIATE");
    const waiting = failure(store.create(record(), now));
    await ticks(3);
    await store.close?.();
    expect((await waiting).message).toContain("closed. Nothing was written.");
    await release();
  });
});

describe("B81: a file that lost its name under a running process", () => {
  test("B81: after the file was removed one operation says so, and the next creates it again", async () => {
    const path = newPath();
    const store = opened(sqliteStore({ path }));
    await store.create(record(), now);
    for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
    const error = await failure(store.create(record({ id: "2" }), now));
    expect(error.code).toBe("STORE_UNAVAILABLE");
    expect(error.message).toContain(`${path} was removed while this process had it open`);
    expect(error.message).toContain("nothing was written");
    expect(existsSync(path)).toBe(false);
    expect(await store.create(record({ id: "2" }), now)).toBe(true);
    expect(await store.read(record(), now)).toBeUndefined();
    expect(existsSync(path)).toBe(true);
  });

  test("B81: after the file was replaced one operation says so, and the next uses the file that is there", async () => {
    const [path, other] = [newPath(), newPath()];
    const store = opened(sqliteStore({ path }));
    await store.create(record(), now);
    const app = new Database(path);
    app.exec(`VACUUM INTO '${other}'`);
    app.close();
    expect(await store.replace(record({ ...stamp(2), body: "newer" }), stamp(1), now)).toBe(true);
    for (const end of ["-wal", "-shm"]) rmSync(path + end, { force: true });
    renameSync(other, path);
    const error = await failure(store.delete(record()));
    expect(error.message).toContain(`${path} was replaced by another one while this process had it open`);
    expect(await store.read(record(), now)).toMatchObject({ version: 1, body: "body" });
  });

  test("B81: a handle of the application stays refused after its file was replaced", async () => {
    const path = newPath();
    const database = new Database(path);
    onTestFinished(() => void database.close());
    const store = sqliteStore({ database });
    await store.create(record(), now);
    rmSync(path);
    for (let n = 0; n < 2; n++) {
      const error = await failure(store.delete(record()));
      expect(error.message).toContain("was removed while this process had it open");
      expect(error.message).toContain("restart the application");
    }
  });
});

describe("B82: a full disk", () => {
  const many = async (store: SessionStore): Promise<{ created: number; error: SessionError }> => {
    for (let created = 0; ; created++) {
      try {
        await store.create(record({ id: `${created}`, body: "x".repeat(5_000) }), now);
      } catch (error) {
        return { created, error: error as SessionError };
      }
    }
  };

  test("B82: a file that may not grow has a message of its own; reading and signing out go on", async () => {
    const database = new Database(newPath());
    onTestFinished(() => void database.close());
    database.exec("PRAGMA max_page_count = 60");
    const store = sqliteStore({ database });
    const { created, error } = await many(store);
    expect(error).toBeInstanceOf(SessionError);
    expect(error.code).toBe("STORE_UNAVAILABLE");
    expect(error.message).toMatch(/^The disk is full, or .* has reached its size limit, and nothing was written\./);
    expect(await store.read(record({ id: "0" }), now)).toMatchObject({ id: "0" });
    expect(await store.delete(record({ id: "0" }))).toBe(true);
    expect(await store.count?.("session", now)).toBe(created - 1);
    expect(await store.create(record({ id: "0" }), now)).toBe(true);
  });

  const reason = unmountable(join(directory, "probe"));
  test.skipIf(reason !== undefined)("B82: on a full disk sessions can still be ended", async () => {
    const mount = mountSmall(join(directory, "small"), 1 << 20);
    const store = opened(sqliteStore({ path: join(mount.path, "sessions.db") }));
    for (let n = 0; n < 20; n++) await store.create(record({ id: `user-${n}`, body: "x".repeat(2_000) }), now);
    // As it is by itself now and then: the log's pages are in the file.
    const other = new Database(join(mount.path, "sessions.db"));
    other.prepare("PRAGMA wal_checkpoint(RESTART)").all();
    // Somebody else takes what is left.
    for (let size = 1 << 16; size >= 1; size >>= 1) {
      for (let n = 0; ; n++) {
        try {
          writeFileSync(join(mount.path, `other-${size}-${n}`), "x".repeat(size));
        } catch {
          break;
        }
      }
    }
    const error = await failure(store.create(record({ body: "x".repeat(1 << 20) }), now));
    expect(error.message).toContain("The disk is full");
    for (let n = 0; n < 20; n++) expect(await store.delete(record({ id: `user-${n}` }))).toBe(true);
    expect(await store.read(record({ id: "user-0" }), now)).toBeUndefined();
    other.close();
  });
});

import { createSessions, generateKey, type SessionsOptions } from "coatcheck";
import { beforeAll, describe, expect, test } from "vitest";
import { type InstalledCli, installCli } from "../support/cli/installed.ts";
import { describeStore, openAgain, patient, type StoreName, storesUnderTest } from "../support/stores/stores.ts";

let cli: InstalledCli;
beforeAll(async () => {
  cli = await installCli();
});

const stores = await storesUnderTest(["SQLite", "PostgreSQL", "MariaDB", "Redis"]);

async function application(url: string, options: SessionsOptions<{ views: number }> = {}) {
  return createSessions({ ...patient, pruneInterval: false, ...options, store: await openAgain(url) });
}

/** What a visitor with this cookie sees. */
async function visit(sessions: Awaited<ReturnType<typeof application>>, cookie: string) {
  const request = new Request("http://localhost/", { headers: { cookie } });
  const { session } = await sessions.open(request);
  return { id: session.id, userId: session.userId, views: session.get("views") };
}

const ways: [StoreName, StoreName][] = [
  ["SQLite", "PostgreSQL"],
  ["PostgreSQL", "Redis"],
  ["Redis", "MariaDB"],
  ["MariaDB", "SQLite"],
];

for (const [from, to] of ways) {
  const missing = stores[from]?.missing ?? stores[to]?.missing;
  describeStore(`B150: copy from ${from} to ${to}`, { missing }, () => {
    test("keeps every cookie valid, with its data and its user's list, and may be called again", async () => {
      const env = {
        SESSION_STORE: stores[from]!.url(),
        SESSION_STORE_TO: stores[to]!.url(),
        SESSION_APPLICATION: "shop",
      };
      const options = { application: "shop", pepper: generateKey() };
      const before = await application(env.SESSION_STORE, options);
      const issued = [];
      for (let views = 0; views < 45; views++)
        issued.push(await before.issue({ userId: `user-${views % 9}`, data: { views } }));
      const seen = await Promise.all(issued.map(({ cookie }) => visit(before, cookie)));

      const first = await cli.json(["copy"], { env });
      expect(first).toMatchObject({ copied: 45, same: 0, differs: 0, broken: 0, from: 45, to: 45 });
      const after = await application(env.SESSION_STORE_TO, options);
      expect(await Promise.all(issued.map(({ cookie }) => visit(after, cookie)))).toEqual(seen);
      expect((await after.list({ userId: "user-3" })).sessions.map(({ id }) => id)).toEqual(
        (await before.list({ userId: "user-3" })).sessions.map(({ id }) => id),
      );

      // One goes on, one ends, one is new, and one goes on at the target.
      const [changed, ended, ahead] = issued as [(typeof issued)[0], (typeof issued)[0], (typeof issued)[0]];
      await before.edit(changed.id, (session) => session.set("views", 100));
      await before.revoke(ended.id, { anyUser: true });
      const late = await before.issue({ data: { views: 7 } });
      await after.edit(ahead.id, (session) => session.set("views", 200));
      const again = await cli.json(["copy"], { env });
      expect(again).toMatchObject({
        copied: 1,
        same: 42,
        updated: 1,
        newer: 1,
        differs: 0,
        broken: 0,
        from: 45,
        to: 46,
      });
      expect(await visit(after, changed.cookie)).toMatchObject({ id: changed.id, views: 100 });
      expect(await visit(after, late.cookie)).toMatchObject({ views: 7 });
      expect(await visit(after, ahead.cookie)).toMatchObject({ views: 200 });

      const mirrored = await cli.json(["copy", "--mirror"], { env });
      expect(mirrored).toMatchObject({ copied: 0, same: 44, updated: 1, removed: 1, from: 45, to: 45 });
      expect(await visit(after, ended.cookie)).toMatchObject({ userId: undefined });
      expect(await visit(after, ahead.cookie)).toMatchObject({ views: 2 });
    });
  });
}

describe("B150: copy", () => {
  const { url } = stores.SQLite!;

  test("leaves alone what has changed on both sides, and says so", async () => {
    const env = { SESSION_STORE: url(), SESSION_STORE_TO: url() };
    const [before, after] = [await application(env.SESSION_STORE), await application(env.SESSION_STORE_TO)];
    const { id, cookie } = await before.issue({ data: { views: 1 } });
    await cli.json(["copy"], { env });
    await before.edit(id, (session) => session.set("views", 10));
    await after.edit(id, (session) => session.set("views", 20));
    const { code, stdout } = await cli.run(["copy"], { env });
    expect(code).toBe(1);
    expect(stdout).toContain("call it with --mirror");
    expect(await visit(after, cookie)).toMatchObject({ views: 20 });
  });

  test("from an empty store deletes nothing, also with --mirror; of what has ended it says how many", async () => {
    const env = { SESSION_STORE: url(), SESSION_STORE_TO: url() };
    const [before, after] = [await application(env.SESSION_STORE), await application(env.SESSION_STORE_TO)];
    for (let n = 0; n < 20; n++) await after.issue({ data: { views: n } });
    await before.issue({ data: { views: 1 } });
    await before.destroyAll();
    const { code, stdout } = await cli.run(["copy", "--mirror"], { env });
    expect([code, await after.count()]).toEqual([1, 20]);
    expect(stdout).toContain("Nothing was copied or deleted");
    await before.issue({ data: { views: 1 } });
    expect(await cli.json(["copy", "--mirror"], { env })).toMatchObject({ copied: 1, removed: 20, to: 1 });
  });

  test("goes on behind a cursor, and refuses what cannot be meant", async () => {
    const env = { SESSION_STORE: url(), SESSION_STORE_TO: url() };
    const before = await application(env.SESSION_STORE);
    for (let n = 0; n < 5; n++) await before.issue({ data: { views: n } });
    const { cursor } = (await before.list({ anyUser: true, limit: 3 })) as { cursor: string };
    expect(await cli.json(["copy", `--after=${cursor}`], { env })).toMatchObject({ copied: 2, from: 5, to: 2 });

    const same = { SESSION_STORE: env.SESSION_STORE, SESSION_STORE_TO: env.SESSION_STORE };
    expect(await cli.run(["copy"], { env: same })).toMatchObject({ code: 2, stdout: "" });
    const { code, stdout } = await cli.run(["copy", "--name", "other"], { env });
    expect(code).toBe(1);
    expect(stdout).toContain("There are no live sessions in other");
  });
});

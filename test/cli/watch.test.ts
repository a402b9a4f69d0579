import { createSessions } from "coatcheck";
import { beforeAll, describe, expect, test } from "vitest";
import { compare, type Seen } from "../../src/cli/watch/compare.ts";
import { type InstalledCli, installCli } from "../support/cli/installed.ts";
import { startCommand } from "../support/cli/running.ts";
import { describeStore, openAgain, patient, storesUnderTest } from "../support/stores/stores.ts";

interface Told {
  readonly event: string;
  readonly id?: string;
  readonly userId?: string;
  readonly live?: number;
  readonly counts?: Readonly<Record<string, number>>;
}

let cli: InstalledCli;
beforeAll(async () => {
  cli = await installCli();
});

/** A running `watch --json`: its lines one by one, and its end by Ctrl-C. */
function watching(url: string, ...args: readonly string[]) {
  const running = startCommand<Told>(cli, url, ["watch", "--interval", "100ms", ...args]);
  return {
    next: running.next,
    end: async (): Promise<[Told, number | null]> => {
      running.interrupt();
      return [await running.next(), (await running.ended()).code];
    },
  };
}

const stores = await storesUnderTest(["SQLite", "PostgreSQL", "MariaDB", "Redis"]);

for (const [name, subject] of Object.entries(stores)) {
  describeStore(`B192: on ${name} the command watch`, subject, () => {
    test("tells of sessions that are created, signed in, changed and ended, and sums up at Ctrl-C", async () => {
      const url = subject.url();
      const store = await openAgain(url);
      const sessions = createSessions<{ cart: string[] }>({ ...patient, pruneInterval: false, store });
      const { id: old } = await sessions.issue();
      const watched = watching(url);
      const hers = watching(url, "--user", "ann");
      expect(await watched.next()).toMatchObject({ event: "watching", live: 1 });
      expect(await hers.next()).toMatchObject({ event: "watching", live: 0 });

      const { id } = await sessions.issue({ userId: "ann" });
      expect(await watched.next()).toMatchObject({ event: "signed-in", id, userId: "ann" });
      expect(await hers.next()).toMatchObject({ event: "signed-in", id, userId: "ann" });
      const { id: other } = await sessions.issue();
      expect(await watched.next()).toMatchObject({ event: "created", id: other });
      await sessions.edit(id, (session) => void session.set("cart", ["hat"]));
      expect(await watched.next()).toMatchObject({ event: "changed", id, userId: "ann" });
      await sessions.revoke(old, { anyUser: true });
      expect(await watched.next()).toMatchObject({ event: "ended", id: old });

      const [summary, code] = await watched.end();
      expect(code).toBe(0);
      expect(summary).toMatchObject({
        ...{ event: "summary", live: 2 },
        counts: { created: 1, "signed-in": 1, changed: 1, ended: 1, expired: 0 },
      });
      expect(await hers.next()).toMatchObject({ event: "changed", id });
      expect((await hers.end())[1]).toBe(0);
    });
  });
}

describe("B192: the command watch", () => {
  const seen = (change: Partial<Seen> = {}): Seen => ({
    ...{ userId: undefined, version: 1, lastSeenAt: 10, expiresAt: 100 },
    ...change,
  });

  test("tells apart what has ended and what has expired, a visit and a change", () => {
    const before = { a: seen(), b: seen({ expiresAt: 20 }), c: seen(), d: seen(), e: seen(), f: seen() };
    const { a: _a, b: _b, ...left } = before;
    const after = { ...left, d: seen({ version: 2, lastSeenAt: 20 }), e: seen({ lastSeenAt: 20 }) };
    const later = { ...after, f: seen({ userId: "ann", version: 2 }), g: seen() };
    expect(compare(new Map(Object.entries(before)), new Map(Object.entries(later)), 20)).toEqual([
      { event: "ended", id: "a" },
      { event: "expired", id: "b" },
      { event: "changed", id: "d" },
      { event: "seen", id: "e" },
      { event: "signed-in", id: "f", userId: "ann" },
      { event: "created", id: "g" },
    ]);
  });

  test.each(["1", "never", "-2s", "2h"])("refuses the interval %s", async (interval) => {
    const url = stores.SQLite!.url();
    await (await openAgain(url)).setup?.();
    const finished = await cli.run(["watch", `--interval=${interval}`], { env: { SESSION_STORE: url } });
    expect(finished).toMatchObject({ code: 2, stdout: "" });
    expect(finished.stderr).toContain("--interval takes a time from 100ms to 1h");
  });

  test("reads no store with more than 10,000 sessions unless it is told to", async () => {
    const url = stores.SQLite!.url();
    const store = await openAgain(url);
    await store.setup?.();
    const now = (await store.time?.()) ?? Date.now();
    for (let at = 0; at <= 10_000; at++) {
      const id = String(at).padStart(22, "0");
      const record = { namespace: "session", id, version: 1, commitId: "first", body: "", createdAt: now };
      await store.create({ ...record, lastSeenAt: now, expiresAt: now + 86_400_000 }, now);
    }
    const refused = await cli.run(["watch"], { env: { SESSION_STORE: url } });
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain("There are 10,001 live sessions, and each look would read them all.");
    const watched = watching(url, "--yes");
    expect(await watched.next()).toMatchObject({ event: "watching", live: 10_001 });
    expect((await watched.end())[1]).toBe(0);
  });
});

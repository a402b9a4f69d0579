import { existsSync } from "node:fs";
import { join } from "node:path";
import { createSessions, generateKey, type SessionsOptions } from "coatcheck";
import { openStore } from "coatcheck/stores/open";
import { beforeAll, describe, expect, test } from "vitest";
import { type InstalledCli, installCli } from "../support/cli/installed.ts";
import { describeStore, openAgain, patient, storesUnderTest } from "../support/stores/stores.ts";

let cli: InstalledCli;
beforeAll(async () => {
  cli = await installCli();
});

/** An application on a store, and the environment that the command has there. */
async function application(url: string, options: SessionsOptions<{ cart: string[] }> = {}) {
  const store = await openAgain(url);
  const sessions = createSessions({ ...patient, pruneInterval: false, ...options, store });
  const issue = async (userId?: string) => (await sessions.issue({ data: { cart: ["hat"] }, userId })).id;
  return { store, sessions, issue, env: { SESSION_STORE: url } };
}

const stores = await storesUnderTest(["SQLite", "PostgreSQL", "MariaDB", "Redis"]);

for (const [name, subject] of Object.entries(stores)) {
  describeStore(`B146: on ${name} the command line`, subject, () => {
    test("counts, lists, shows and ends sessions", async () => {
      const { sessions, issue, env } = await application(subject.url());
      const made = [await issue("ann"), await issue("ann")];
      const third = await issue();
      // Of one millisecond their ids decide.
      const { sessions: listed } = await sessions.list({ userId: "ann" });
      const [first, second] = listed.map(({ id }) => id) as [string, string];
      expect(made.toSorted()).toEqual([first, second].toSorted());

      expect(await cli.json(["stats"], { env })).toMatchObject({ live: 3, signedIn: 2, users: 1, unreadable: 0 });
      expect(await cli.json(["stats", "--quick"], { env })).toEqual({ namespace: "session", live: 3 });

      const all = (await cli.json(["list"], { env })) as { sessions: { id: string; userId?: string }[] };
      expect(all.sessions.map(({ id }) => id).toSorted()).toEqual([first, second, third].toSorted());
      const hers = (await cli.json(["list", "--user", "ann", "--limit", "1"], { env })) as {
        sessions: { id: string; condition: string }[];
        cursor: string;
      };
      expect(hers.sessions).toMatchObject([{ id: first, userId: "ann", condition: "intact" }]);
      const next = ["list", "--user", "ann", "--after", hers.cursor];
      expect(await cli.json(next, { env })).toMatchObject({ sessions: [{ id: second, userId: "ann" }] });

      const { stdout } = await cli.run(["show", "--", first], { env });
      expect(stdout).toContain("value      cart, 7 bytes\n");
      expect(stdout).not.toContain("hat");
      const shown = await cli.json(["show", "--values", "--", first], { env });
      expect(shown).toMatchObject({ session: { id: first, userId: "ann", values: [{ key: "cart", value: ["hat"] }] } });

      expect(await cli.json(["revoke", "--", third], { env })).toEqual({ ended: 1, missing: [] });
      expect(await cli.json(["revoke", "--", third], { env, code: 1 })).toEqual({ ended: 0, missing: [third] });
      expect(await cli.json(["show", "--", third], { env, code: 1 })).toEqual({ session: null });
      expect(await cli.json(["revoke", "--user", "ann", `--except=${second}`], { env })).toEqual({ ended: 1 });
      expect(await sessions.find(first)).toBeUndefined();
      expect(await sessions.find(second)).toBeDefined();
    });

    test("prunes what has expired, and clears everything when it is told so twice", async () => {
      const { store, sessions, issue, env } = await application(subject.url());
      const id = await issue("ann");
      const time = (await store.time?.()) ?? Date.now();
      const hour = 3_600_000;
      const old = { namespace: "session", id: "a".repeat(22), version: 1, commitId: "first", body: "" };
      await store.create(
        { ...old, createdAt: time - 2 * hour, lastSeenAt: time - hour, expiresAt: time - 1 },
        time - hour,
      );
      const deleted = store.prune === undefined ? 0 : 1;
      expect(await cli.json(["prune"], { env })).toEqual({ deleted });
      expect(await sessions.find(id)).toBeDefined();

      const refused = await cli.run(["clear"], { env });
      expect(refused).toMatchObject({ code: 2, stdout: "" });
      expect(refused.stderr).toContain("This would end 1 live session in session");
      expect(await sessions.find(id)).toBeDefined();
      expect(await cli.json(["clear", "--yes"], { env })).toEqual({ namespace: "session", ended: 1 });
      expect(await sessions.find(id)).toBeUndefined();
    });
  });
}

const { url } = stores.SQLite!;

describe("B147: an application with pepper, application or namespace", () => {
  test("is found by options or by the environment, and nothing of it is ended without its pepper", async () => {
    const pepper = generateKey();
    const { sessions, issue, env } = await application(url(), { application: "shop", name: "sid", pepper });
    const id = await issue("ann");
    expect(await cli.json(["stats"], { env })).toMatchObject({ namespace: "session", live: 0 });

    const named = ["--application", "shop", "--name=sid"];
    expect(await cli.json(["list", ...named], { env })).toMatchObject({ sessions: [{ id, condition: "signed" }] });
    const revoking = ["revoke", "--user", "ann", ...named];
    expect((await cli.run(revoking, { env })).stderr).toContain("Set SESSION_PEPPER");
    const wrong = { ...env, SESSION_PEPPER: generateKey() };
    const forged = { sessions: [{ id, condition: "wrong-signature" }] };
    expect(await cli.json(["list", ...named], { env: wrong })).toMatchObject(forged);
    expect(await sessions.find(id)).toBeDefined();

    const whole = {
      ...env,
      SESSION_APPLICATION: "shop",
      SESSION_NAME: "sid",
      SESSION_PEPPER: `${generateKey()},${pepper}`,
    };
    expect(await cli.json(["list"], { env: whole })).toMatchObject({ sessions: [{ id, condition: "intact" }] });
    expect(await cli.json(["revoke", "--user", "ann"], { env: { ...whole, SESSION_PEPPER: pepper } })).toEqual({
      ended: 1,
    });
    expect(await sessions.find(id)).toBeUndefined();
  });

  test("keeps its limits: no command applies others", async () => {
    const { store, sessions, issue, env } = await application(url(), { namespace: "web", idleTimeout: "90d" });
    const id = await issue();
    const before = await store.read({ namespace: "web", id }, Date.now());
    for (const command of ["stats", "list", "prune"]) await cli.json([command, "--namespace", "web"], { env });
    expect(await store.read({ namespace: "web", id }, Date.now())).toEqual(before);
    expect(await store.list?.("coatcheck.notes", { limit: 10 }, 0)).toMatchObject({ records: [] });
    expect(await sessions.find(id)).toBeDefined();
  });
});

describe("B148: the command line", () => {
  test.each([
    ["a password in an argument", ["list", "--store", "postgres://app:secret@localhost/shop"], {}, 2, "has a password"],
    [
      "a token in an argument",
      ["show", `${"a".repeat(22)}.${"A".repeat(43)}`],
      {},
      2,
      "That is the token of a session",
    ],
    ["no store", ["list"], {}, 2, "Set SESSION_STORE"],
    ["a variable that is not set", ["list", "--store", "env:OLD"], {}, 2, "The variable OLD is not set"],
    ["the memory of another process", ["list", "--store", "memory:"], {}, 2, "no other process can see"],
    [
      "a file that is not there",
      ["list", "--store", "sqlite:./none.db"],
      {},
      2,
      "There is nothing at sqlite:./none.db",
    ],
    ["a user without ids", ["revoke"], {}, 2, "either ids or --user"],
    ["a server that is down", ["list"], { SESSION_STORE: "redis://app:secret@127.0.0.1:1" }, 3, "could not connect"],
  ] as const)("refuses %s, and tells no secret", async (_, args, env, code, message) => {
    const finished = await cli.run(args, { env });
    expect(finished).toMatchObject({ code, stdout: "" });
    expect(finished.stderr).toContain(message);
    expect(finished.stderr).not.toMatch(/secret(?!,)|A{43}/);
  });

  test("creates neither a file nor a table where it only looks", async () => {
    await cli.run(["list", "--store", "sqlite:./none.db"]);
    expect(existsSync(join(cli.app, "none.db"))).toBe(false);
    const place = url();
    const other = await openStore(`${place}?table=other`);
    await other.setup?.();
    await other.close?.();
    const finished = await cli.run(["list", "--store", place]);
    expect(finished).toMatchObject({ code: 2, stdout: "" });
    expect(finished.stderr).toContain('"coatcheck_sessions" does not exist');
    expect((await cli.run(["list", "--store", `${place}?table=other`])).code).toBe(0);
  });

  test("takes the URL from a variable by its name, and spells out what a terminal would obey", async () => {
    const { issue, env } = await application(url());
    await issue("\u001b[2Jann\nbob\u009b\u202e\u{e0001}");
    const { stdout } = await cli.run(["list", "--store", "env:STORE"], { env: { STORE: env.SESSION_STORE } });
    expect(stdout).toContain(String.raw`\u{1b}[2Jann\u{a}bob\u{9b}\u{202e}\u{e0001}`);
    expect(stdout.trimEnd().split("\n")).toHaveLength(2);
    const json = (await cli.run(["list", "--json"], { env })).stdout;
    expect(json).toContain(String.raw`\u001b[2Jann\nbob\u009b\u202e\udb40\udc01`);
    expect(JSON.parse(json).sessions[0].userId).toBe("\u001b[2Jann\nbob\u009b\u202e\u{e0001}");
  });
});

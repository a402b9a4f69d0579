import { createHmac } from "node:crypto";
import { createSessions, generateKey, type SessionsOptions } from "coatcheck";
import { cookieStore } from "coatcheck/stores/cookie";
import { beforeAll, describe, expect, test } from "vitest";
import { type InstalledCli, installCli } from "../support/cli/installed.ts";
import { openAgain, patient, storeUnderTest } from "../support/stores/stores.ts";

let cli: InstalledCli;
beforeAll(async () => {
  cli = await installCli();
});

const { url } = await storeUnderTest("SQLite");

async function application(options: SessionsOptions<{ cart: string[] }> = {}) {
  const place = url();
  const sessions = createSessions({ ...patient, pruneInterval: false, ...options, store: await openAgain(place) });
  return { sessions, env: { SESSION_STORE: place } };
}

const stranger = { format: "coatcheck", kind: "stored", verdict: "refused" };

describe("B149: inspect says of the token of a stored session", () => {
  test("that it opens one, pasted in any form, and prints no secret", async () => {
    const { sessions, env } = await application();
    const { id, token } = await sessions.issue({ userId: "ann", data: { cart: ["umbrella"] }, secure: true });
    for (const input of [
      token,
      `__Host-session=${token}\n`,
      `Cookie: theme=dark; __Host-session=${token}; other=1`,
      `Set-Cookie: __Host-session=${token}; Path=/; Secure; HttpOnly`,
    ]) {
      const { code, stdout, stderr } = await cli.run(["inspect"], { env, input });
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toContain(`Its id is ${id}.`);
      expect(stdout).toContain("a session of ann");
      expect(stdout).toMatch(/^ends .* \(in 24h\)/m);
      expect(stdout).not.toContain(token.slice(token.indexOf(".") + 1));
      expect(stdout).not.toContain("umbrella");
    }
    const alone = await cli.json(["inspect"], { input: token });
    expect(alone).toMatchObject({ format: "coatcheck", kind: "stored", id, verdict: "unknown" });
  });

  test("why it is refused, and leaves the session as it is", async () => {
    const { sessions, env } = await application();
    const { id, token } = await sessions.issue({ userId: "ann" });
    const secret = token.slice(token.indexOf(".") + 1);
    const ask = (input: string, more = {}) => cli.json(["inspect"], { env: { ...env, ...more }, input, code: 1 });

    const made = `${id}.${"A".repeat(42)}E`;
    expect(await ask(made)).toMatchObject({ ...stranger, reason: "wrong-secret" });
    expect(await ask(token, { SESSION_APPLICATION: "other", SESSION_NAMESPACE: "session" })).toMatchObject({
      ...stranger,
      reason: "wrong-secret",
    });
    expect(await ask(token, { SESSION_NAME: "other" })).toMatchObject({ ...stranger, reason: "unknown" });
    expect(await ask(`${"a".repeat(22)}.${secret}`)).toMatchObject({ ...stranger, reason: "unknown" });
    await sessions.edit(id, (session) => session.regenerate());
    expect(await ask(token)).toMatchObject({ ...stranger, reason: "superseded" });
    expect(await sessions.find(id)).toBeDefined();
    await sessions.revoke(id, { anyUser: true });
    expect(await ask(token)).toMatchObject({ ...stranger, reason: "unknown" });
  });

  test("when its session expired, as long as it is not pruned", async () => {
    const hours = 3_600_000;
    const { sessions, env } = await application({ clock: () => Date.now() - 48 * hours });
    const { token } = await sessions.issue();
    expect(await cli.json(["inspect"], { env, input: token, code: 1 })).toMatchObject({
      ...stranger,
      reason: "expired",
    });
  });
});

describe("B149: inspect says of a sealed cookie", () => {
  const keys = [generateKey(), generateKey()] as const;

  test.each([
    ["sealed", true],
    ["signed", false],
  ])("that is %s which key opens it, and whose it is", async (kind, encrypt) => {
    const sessions = createSessions({ application: "shop", store: cookieStore({ keys: keys[1], encrypt }) });
    const { token } = await sessions.issue({ userId: "ann" });
    const env = { SESSION_KEYS: keys.join(","), SESSION_APPLICATION: "shop" };
    const opened = (await cli.json(["inspect"], { env, input: token })) as { createdAt: string; expiresAt: string };
    expect(opened).toMatchObject({ kind, key: 2, verdict: "opens", userId: "ann" });
    expect(Date.parse(opened.expiresAt) - Date.parse(opened.createdAt)).toBe(86_400_000);
    expect(await cli.json(["inspect"], { input: token })).toMatchObject({ kind, verdict: "unknown" });
    const elsewhere = await cli.json(["inspect"], { env: { SESSION_KEYS: env.SESSION_KEYS }, input: token, code: 1 });
    expect(elsewhere).toMatchObject({ kind, key: 2, verdict: "refused", reason: "forged" });
    const lost = await cli.json(["inspect"], { env: { ...env, SESSION_KEYS: keys[0] }, input: token, code: 1 });
    expect(lost).toMatchObject({ kind, verdict: "refused", reason: "unknown-key" });
  });

  test("that its session is over", async () => {
    const month = 31 * 86_400_000;
    const clock = () => Date.now() - month;
    const { token } = await createSessions({ clock, store: cookieStore({ keys: keys[0] }) }).issue();
    const found = await cli.json(["inspect"], { env: { SESSION_KEYS: keys[0] }, input: token, code: 1 });
    expect(found).toMatchObject({ key: 1, verdict: "refused", reason: "idle" });
  });
});

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64");
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const mac = (key: string, text: string): string =>
  createHmac("sha256", key).update(text).digest("base64").replace("=", "");
const seal = `Fe26.2*1*${"a".repeat(64)}*iv*text*1700000000000*${"b".repeat(64)}*mac`;

describe("B149: inspect knows the cookies of others", () => {
  test.each([
    ["express-session", encodeURIComponent(`s:abc.${mac("old", "abc")}`), 2],
    ["remix", `${base64({ user: "ann" })}.${mac("old", base64({ user: "ann" }))}`, 2],
    ["iron", `${seal}~2`, undefined],
    ["JWT", `${base64url({ alg: "HS256" })}.${base64url({ sub: "ann" })}.abc`, undefined],
    ["JWE", `${base64url({ alg: "dir", enc: "A256CBC-HS512" })}..iv.text.tag`, undefined],
    ["cookie-session", base64({ views: 1 }), undefined],
  ] satisfies [string, string, number | undefined][])("%s", async (format, input, key) => {
    const env = { SESSION_KEYS: "new, old" };
    const found = await cli.json(["inspect"], { env, input: `connect.sid=${input}`, code: 1 });
    expect(found).toEqual({
      format,
      name: "connect.sid",
      verdict: "refused",
      reason: "malformed",
      ...(key && { key }),
    });
  });

  test("and says so of one that nobody knows, of none, and of one in an argument", async () => {
    expect(await cli.json(["inspect"], { input: "???", code: 1 })).toMatchObject({ format: null });
    expect((await cli.run(["inspect"])).stderr).toContain("No cookie came.");
    const given = await cli.run(["inspect", "secret"]);
    expect(given).toMatchObject({ code: 2, stdout: "" });
    expect(given.stderr).toContain("in the history of your shell");
  });
});

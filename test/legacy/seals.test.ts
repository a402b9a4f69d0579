import { createSessions } from "coatcheck";
import { fromH3 } from "coatcheck/legacy/h3";
import { fromIronSession } from "coatcheck/legacy/iron-session";
import { afterEach, describe, expect, test } from "vitest";
import type { Served } from "../support/adapters/node.ts";
import { Client } from "../support/express-session/apps.ts";
import { journal, newApp, ofType, type Row } from "../support/legacy/move.ts";
import { h3App, ironApp, password } from "../support/legacy/sealing.ts";

const open: Served[] = [];
afterEach(() => Promise.all(open.splice(0).map((app) => app.close())));

const userId = ({ user }: Row) => user;
const cookie = { secure: false };
const fromOldH3 = (more = {}) => fromH3({ password, name: "old", cookie, userId, ...more });
const fromOldIron = () => fromIronSession({ password, cookieName: "old", cookieOptions: cookie, userId });
const peers = [
  ["iron-session", () => ironApp(), fromOldIron],
  ["h3", () => h3App(), fromOldH3],
] as const;

async function move(old: Promise<Served>, source = fromOldH3()) {
  const { events, observer } = journal();
  const sessions = createSessions<Row>({ legacy: [source], observer });
  const [before, after] = await Promise.all([old, newApp(sessions)]);
  open.push(before, after);
  const member = async (user: string, client = new Client()): Promise<Client> => {
    await client.get(before, `/login/${user}`);
    expect(client.jar.size).toBeGreaterThan(0);
    return client;
  };
  const refusals = () => ofType(events, "refused").map(({ source, reason }) => `${source}: ${reason}`);
  return { before, after, events, sessions, member, refusals };
}

const copyOf = (client: Client): Client => {
  const copy = new Client();
  for (const [name, value] of client.jar) copy.jar.set(name, value);
  return copy;
};

describe.each(peers)("%s", (name, makeOld, makeSource) => {
  test("B130: a hundred live sessions are ours at their next request, and the old cookies are gone", async () => {
    const { after, events, sessions, member } = await move(makeOld(), makeSource());
    for (let n = 0; n < 100; n++) {
      const client = await member(`user-${n}`);
      for (let visit = 0; visit < 2; visit++) expect((await client.get(after)).body).toBe(`["user-${n}",1]`);
      expect([...client.jar.keys()]).toEqual(["session"]);
    }
    expect(ofType(events, "imported").filter(({ source }) => source === name)).toHaveLength(100);
    expect(await sessions.count()).toBe(100);
  });

  test("B131: twenty parallel first requests have one session, and after its logout the old cookie opens none", async () => {
    const { after, sessions, member } = await move(makeOld(), makeSource());
    const client = await member("ada");
    const copies = Array.from({ length: 20 }, () => copyOf(client));
    await Promise.all(copies.map((copy, n) => copy.get(after, `/set/key${n}`)));
    expect(new Set(copies.map(({ jar }) => jar.get("session"))).size).toBe(1);
    const keys: string[] = JSON.parse((await copies[0]!.get(after, "/keys")).body);
    expect(keys.filter((key) => key.startsWith("key"))).toHaveLength(20);
    await copies[0]!.get(after, "/logout");
    expect((await client.get(after)).body).toBe("[null,0]");
    expect(await sessions.count()).toBe(0);
  });

  test("B135: revokeAll() of the user includes one that is not taken over yet", async () => {
    const { after, sessions, member } = await move(makeOld(), makeSource());
    const [ada, bob] = [await member("ada"), await member("bob")];
    await sessions.revokeAll("ada");
    expect([(await ada.get(after)).body, (await bob.get(after)).body]).toEqual(["[null,0]", '["bob",1]']);
  });

  test("B133: a forged cookie is a visitor without a session and one event, wherever it is changed", async () => {
    const { after, member, refusals } = await move(makeOld(), makeSource());
    const client = await member("ada");
    const value = decodeURIComponent(client.jar.get("old") ?? "");
    const fields = value.replace(/~2$/, "").split("*");
    for (const at of fields.keys()) {
      const changed = fields.map((field, n) =>
        n === at ? `${field.slice(0, -1)}${field.endsWith("0") ? 1 : 0}` : field,
      );
      const bad = new Client();
      bad.jar.set("old", encodeURIComponent(changed.join("*") + (value.endsWith("~2") ? "~2" : "")));
      expect((await bad.get(after)).body).toBe("[null,0]");
    }
    expect(refusals()).toHaveLength(fields.length);
    const other = await move(makeOld(), makeSource());
    expect(new Set(refusals())).not.toContain(`${name}: corrupt`);
    expect((await client.get(other.after)).body).toBe('["ada",1]');
  });

  test("B133: a seal of another password", async () => {
    const { after, member, refusals } = await move(
      makeOld(),
      name === "h3"
        ? fromOldH3({ password: "another password, which is long enough" })
        : fromIronSession({ password: "another password, which is long enough", cookieName: "old" }),
    );
    expect((await (await member("ada")).get(after)).body).toBe("[null,0]");
    expect(refusals()).toEqual([`${name}: forged`]);
  });
});

describe("h3", () => {
  test("B130: a long session, in several cookies", async () => {
    const { after, member, refusals } = await move(h3App("x".repeat(6_000)));
    const client = await member("ada");
    expect(client.jar.size).toBeGreaterThan(2);
    expect((await client.get(after)).body).toBe('["ada",1]');
    expect([...client.jar.keys()]).toEqual(["session"]);
    expect(refusals()).toEqual([]);
  });

  test("B130: a seal of version 1, whose keys are derived in one round", async () => {
    const strength = { saltBits: 256, iterations: 1, minPasswordlength: 32 };
    const seal = {
      encryption: { ...strength, algorithm: "aes-256-cbc" as const },
      integrity: { ...strength, algorithm: "sha256" as const },
      ttl: 0,
      timestampSkewSec: 60,
      localtimeOffsetMsec: 0,
    };
    const { after, member } = await move(h3App("", { seal }));
    expect((await (await member("ada")).get(after)).body).toBe('["ada",1]');
  });

  test("B132: after a logout no earlier cookie of the same session opens one", async () => {
    const { after, member } = await move(h3App());
    const client = await member("ada");
    const earlier = copyOf(client);
    await member("ada", client);
    expect(client.jar.get("old")).not.toBe(earlier.jar.get("old"));
    expect((await client.get(after)).body).toBe('["ada",1]');
    // Nor while it lives: somebody else may have had it since before the login.
    expect((await copyOf(earlier).get(after)).body).toBe("[null,0]");
    await client.get(after, "/logout");
    expect((await earlier.get(after)).body).toBe("[null,0]");
  });

  test("B133: one that is older than lifetime or idleTimeout, whose seal has no end", async () => {
    for (const [more, reason] of [
      [{ lifetime: "1ms" }, "absolute"],
      [{ idleTimeout: 0.001 }, "idle"],
    ] as const) {
      const { after, member, refusals } = await move(h3App(), fromOldH3(more));
      const client = await member("ada");
      const signedIn = Date.now();
      await expect.poll(() => Date.now() - signedIn).toBeGreaterThan(1);
      expect((await client.get(after)).body).toBe("[null,0]");
      expect(refusals()).toEqual([`h3: ${reason}`]);
    }
  });
});

test("B133: a seal of iron-session without an end is refused, because nothing is remembered for ever", async () => {
  const { after, member, refusals } = await move(ironApp({ ttl: 0 }), fromOldIron());
  expect((await (await member("ada")).get(after)).body).toBe("[null,0]");
  expect(refusals()).toEqual(["iron-session: absolute"]);
});

test("B133: options that no old application can have", () => {
  const refused = (act: () => unknown, message: RegExp): void => void expect(act).toThrow(message);
  refused(() => fromOldH3({ idleTimeout: "1h" }), /idleTimeout must be that of useSession/);
  refused(() => fromOldH3({ password: "" }), /password must be the old library's own/);
  refused(() => fromOldH3({ secret: "s" }), /fromH3\(\)/);
  refused(() => fromIronSession({ password } as never), /cookieName/);
});

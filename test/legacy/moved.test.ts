import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Served, serve } from "../support/adapters/node.ts";
import { Client } from "../support/express-session/apps.ts";

const folder = new URL("../support/legacy/moved/", import.meta.url);
const load = async (name: string): Promise<{ app: never }> => import(new URL(`${name}.js`, folder).href);

describe("the page about moving from express-session", () => {
  let before: Served;
  let after: Served;

  beforeAll(async () => {
    before = await serve((await load("before")).app);
    after = await serve((await load("after")).app);
  });
  afterAll(() => Promise.all([before.close(), after.close()]));

  const signedIn = async (user: string): Promise<Client> => {
    const client = new Client();
    await client.get(before, `/login/${user}`, { method: "POST" });
    expect((await client.get(before)).body).toBe(`{"user":"${user}","views":1}`);
    return client;
  };

  test("B130: the page shows two versions of an application, and the new one signs nobody out", async () => {
    const page = readFileSync(new URL("../../docs/moving/express-session.md", import.meta.url), "utf8");
    const changes = [...page.matchAll(/```diff\n([^`]*)```/g)].map(([, change = ""]) => change);
    const change = changes.find((one) => one.includes("fromExpressSession")) ?? "";
    const side = (sign: string): string =>
      change.replaceAll(/^.*\n/gm, (line) => (line[0] === " " || line[0] === sign ? line.slice(1) : ""));
    for (const [name, sign] of Object.entries({ before: "-", after: "+" })) {
      expect(side(sign)).toBe(readFileSync(new URL(`${name}.js`, folder), "utf8"));
    }
    const client = await signedIn("ada");
    expect((await client.get(after)).body).toBe('{"user":"ada","views":2}');
    expect([...client.jar.keys()]).toEqual(["session"]);
    expect((await client.get(after)).body).toBe('{"user":"ada","views":3}');
  });

  test("B132: in the new version of the page a logout is one for both", async () => {
    const client = await signedIn("bob");
    const old = client.jar.get("connect.sid") ?? "";
    await client.get(after, "/logout", { method: "POST" });
    for (const version of [before, after]) {
      client.jar.set("connect.sid", old);
      expect((await client.get(version)).body).toBe('{"views":1}');
      client.jar.clear();
    }
  });
});

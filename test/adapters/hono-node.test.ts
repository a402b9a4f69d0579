import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { createSessions } from "coatcheck";
import { session } from "coatcheck/hono";
import { memoryStore } from "coatcheck/stores/memory";
import { createJar } from "coatcheck/testing";
import { type Context, Hono } from "hono";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LightResponse } from "../../src/adapters/hono/light-response.ts";

const visits = createSessions<{ views: number }>({ store: memoryStore(), observer: () => undefined });
const prefs = createSessions<{ theme: string }>({ name: "prefs", store: memoryStore(), observer: () => undefined });

const count = (c: Context): void => {
  const visit = visits.get(c);
  visit.set("views", (visit.get("views") ?? 0) + 1);
};

/** What the responses were when the session's middleware had done with them. */
const sent: Response[] = [];
const made: Response[] = [];

const app = new Hono();
app.use(async (c, next) => {
  await next();
  sent.push(c.res);
});
app.use(session(prefs, { as: "prefs" }));
app.use(session(visits));
app.use(async (c, next) => {
  await next();
  made.push(c.res);
});

/** Each way to respond. The first word of the path says what the handler does with the session. */
let shared: Response;
const answers: Readonly<Record<string, (c: Context) => Response | Promise<Response>>> = {
  html: (c) => c.html("<p>ключ</p>"),
  text: (c) => c.text("plain"),
  json: (c) => c.json({ plain: true }),
  empty: (c) => c.body(null, 204),
  bytes: (c) => c.body(new Uint8Array([1, 2, 3]), 200, { "content-type": "application/octet-stream" }),
  headers: (c) => {
    c.header("x-own", "kept");
    c.header("set-cookie", "own=1", { append: true });
    c.header("set-cookie", "other=2", { append: true });
    return c.text("with headers", 201);
  },
  plain: () =>
    new Response("by hand", {
      status: 202,
      headers: { "X-Own": "kept", "Content-Type": "text/x", "Set-Cookie": "own=1" },
    }),
  pairs: () => new Response("by hand", { headers: [["x-own", "kept"]] }),
  public: (c) => c.text("for all", 200, { "cache-control": "public, max-age=60", vary: "Accept" }),
  shared: () => shared,
  stream: () => new Response(new Blob(["streamed"]).stream(), { headers: { "content-type": "text/plain" } }),
  redirect: (c) => c.redirect("/text/none"),
};
for (const [name, answer] of Object.entries(answers)) {
  app.get(`/${name}/none`, answer);
  app.get(`/${name}/read`, (c) => {
    visits.get(c).get("views");
    return answer(c);
  });
  app.get(`/${name}/write`, (c) => {
    count(c);
    return answer(c);
  });
  app.get(`/${name}/both`, (c) => {
    count(c);
    prefs.get(c).set("theme", "dark");
    return answer(c);
  });
}

let server: Server;
let origin = "";
beforeAll(async () => {
  const listening = await new Promise<Server>((resolve) => {
    const started = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, () => resolve(started as Server));
  });
  server = listening;
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  shared = new Response("one for all", { headers: { "content-type": "text/plain" } });
});
afterAll(() => void server.close());

async function ask(path: string, cookie?: string) {
  sent.length = 0;
  made.length = 0;
  const headers: Record<string, string> = cookie ? { cookie } : {};
  const response = await fetch(origin + path, { headers, redirect: "manual" });
  const body = Buffer.from(await response.arrayBuffer());
  const names = response.headers.getSetCookie().map((line) => line.split("=")[0]);
  const { status } = response;
  return { response, status, body, names, length: response.headers.get("content-length") };
}

/** The cookies of a visitor who has a session already. */
async function known(): Promise<string> {
  const jar = createJar();
  const { response } = await ask("/text/write");
  jar.store(origin, response.headers.getSetCookie());
  return jar.header(origin) ?? expect.fail("no cookie was set");
}

const light = ["html", "text", "json", "empty", "bytes", "headers", "plain", "public", "shared", "redirect"];

describe("B142: on Hono for Node.js", () => {
  test.each(light)(
    "%s: a response that nothing changes is the handler's own, and is sent as it was made",
    async (name) => {
      const cookie = await known();
      const bare = await ask(`/${name}/none`);
      const { body, status, length } = await ask(`/${name}/none`, cookie);
      expect(sent[0]).toBe(made[0]);
      expect(LightResponse.of(sent[0]!)).toBeDefined();
      expect([status, length, body]).toEqual([bare.status, bare.length, bare.body]);
    },
  );

  test.each(light)("%s: status, body, length and headers stay where a cookie is added", async (name) => {
    const bare = await ask(`/${name}/none`);
    for (const work of ["read", "write", "both"]) {
      const { response, status, body, length, names } = await ask(`/${name}/${work}`);
      expect([status, length, body]).toEqual([bare.status, bare.length, bare.body]);
      const own = bare.names;
      const added = { read: [], write: ["session"], both: ["session", "prefs"] }[work]!;
      expect([...names].sort()).toEqual([...own, ...added].sort());
      for (const header of ["content-type", "x-own", "location"]) {
        expect(response.headers.get(header)).toBe(bare.response.headers.get(header));
      }
      expect(response.headers.get("cache-control")).toContain("private");
      expect(response.headers.get("vary")).toContain("Cookie");
    }
  });

  test("a response that serves several clients takes nobody's cookie", async () => {
    const cookie = await known();
    expect((await ask("/shared/write")).names).toEqual(["session"]);
    expect((await ask("/shared/none")).names).toEqual([]);
    expect((await ask("/shared/read", cookie)).names).toEqual([]);
    expect(shared.headers.has("set-cookie")).toBe(false);
    expect(shared.headers.has("cache-control")).toBe(false);
  });

  test("a stream and other headers than an object's are handled as before", async () => {
    for (const name of ["stream", "pairs"]) {
      const { names, status } = await ask(`/${name}/write`);
      expect([status, names]).toEqual([200, ["session"]]);
    }
    expect((await ask("/stream/write")).body.toString()).toBe("streamed");
    expect((await ask("/pairs/read", await known())).response.headers.get("x-own")).toBe("kept");
  });

  test("what shared caches were told is closed, and what they may vary by stays", async () => {
    const { response } = await ask("/public/read", await known());
    expect(response.headers.get("cache-control")).toBe("max-age=60, private");
    expect(response.headers.get("vary")).toBe("Accept, Cookie");
    expect((await ask("/public/none", await known())).response.headers.get("cache-control")).toBe("public, max-age=60");
  });
});

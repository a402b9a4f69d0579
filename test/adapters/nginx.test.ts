import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createSessions, type Sessions } from "coatcheck";
import { session } from "coatcheck/express";
import express from "express";
import { afterEach, describe, expect, test } from "vitest";
import { startNginx } from "../support/servers/nginx.ts";
import { service } from "../support/service.ts";

const program = await service("nginx");

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one[Symbol.asyncDispose]();
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
  return (server.address() as AddressInfo).port;
}

async function behindNginx(app: express.Express, location: string, http = ""): Promise<string> {
  const port = await listen(createServer(app));
  const server = `location / { proxy_pass http://127.0.0.1:${port}; ${location} }`;
  const nginx = await startNginx({ program: program!, http, server });
  open.push(nginx);
  return nginx.url;
}

type Data = { name: string };
const manager = (): Sessions<Data> => createSessions<Data>({ cookie: { secure: false }, observer: () => undefined });

describe.skipIf(program === undefined)("B65: behind nginx with proxy_cache", () => {
  const cached = "proxy_cache shared; proxy_cache_valid 200 1m; add_header X-Cache $upstream_cache_status always;";
  const zone = "proxy_cache_path cache keys_zone=shared:1m;";

  /** What a visitor gets, with the cookie of an earlier sign-in or without. */
  async function look(url: string, cookie?: string): Promise<{ body: string; cache: string | null }> {
    const response = await fetch(url, { headers: cookie === undefined ? {} : { cookie } });
    return { body: await response.text(), cache: response.headers.get("x-cache") };
  }

  function app(sessions: Sessions<Data>): express.Express {
    return express()
      .use(session(sessions))
      .get("/late", async (req, res) => {
        res.set({ "cache-control": "public, max-age=60", "x-accel-expires": "60" });
        res.write("hello ");
        await sleep(1);
        res.end(sessions.get(req).userId ?? "stranger");
      })
      .get("/early", (req, res) => {
        res.set({ "cache-control": "public, max-age=60", "x-accel-expires": "60" });
        res.end(sessions.get(req).userId ?? "stranger");
      })
      .get("/file", (_req, res) => res.set("cache-control", "public, max-age=60").send("body { color: black }"));
  }

  test("no visitor sees another's page, whenever the session was read", async () => {
    const sessions = manager();
    const { cookie } = await sessions.issue({ userId: "alice" });
    const url = await behindNginx(app(sessions), cached, zone);
    expect(await look(`${url}/late`, cookie)).toEqual({ body: "hello alice", cache: "MISS" });
    expect((await look(`${url}/late`)).body).toBe("hello stranger");
    expect(await look(`${url}/early`, cookie)).toEqual({ body: "alice", cache: "MISS" });
    expect((await look(`${url}/early`)).body).toBe("stranger");
  });

  test("what did not read the session is kept for all, also from a visitor who has one", async () => {
    const sessions = manager();
    const { cookie } = await sessions.issue({ userId: "alice" });
    const url = await behindNginx(app(sessions), cached, zone);
    expect((await look(`${url}/file`, cookie)).cache).toBe("MISS");
    expect((await look(`${url}/file`)).cache).toBe("HIT");
  });
});

describe.skipIf(program === undefined)("B67: behind nginx that passes on to 127.0.0.1 as it does by default", () => {
  const site = (sessions: Sessions<Data>, failures: unknown[]): express.Express =>
    express()
      .use(session(sessions))
      .all("/write", (req, res) => {
        sessions.get(req).set("name", "alice");
        res.send("written");
      })
      .get("/read", (req, res) => res.send(sessions.get(req).get("name") ?? "stranger"))
      .use(((error, _req, res, _next) => {
        failures.push(error);
        res.status(500).send();
      }) as express.ErrorRequestHandler);

  const browser = { origin: "https://shop.example" };

  test("B67: a visitor from anywhere gets no cookie over plain http, and nothing is stored", async () => {
    const sessions = createSessions<Data>({ observer: () => undefined });
    const failures: unknown[] = [];
    const url = await behindNginx(site(sessions, failures), "");
    for (const init of [{}, { method: "POST", headers: browser }]) {
      const response = await fetch(`${url}/write`, init);
      expect([response.status, response.headers.getSetCookie()]).toEqual([500, []]);
    }
    const code = "INSECURE_TRANSPORT";
    expect(failures).toMatchObject([{ code, message: expect.stringContaining("HTTP/1.0") }, { code }]);
    expect(await sessions.count()).toBe(0);
  });

  test("B67: a visitor from anywhere gets no cookie where nginx speaks HTTP/1.1 or names the client", async () => {
    const sessions = createSessions<Data>({ observer: () => undefined });
    const failures: unknown[] = [];
    const modern = "proxy_http_version 1.1;";
    const url = await behindNginx(site(sessions, failures), modern);
    expect((await fetch(`${url}/write`, { method: "POST", headers: browser })).status).toBe(500);
    const telling = await behindNginx(
      site(sessions, failures),
      `${modern} proxy_set_header X-Forwarded-For 203.0.113.9;`,
    );
    expect((await fetch(`${telling}/write`)).status).toBe(500);
    expect(failures).toMatchObject([
      { message: expect.stringContaining('"https://shop.example"') },
      { message: expect.stringContaining("x-forwarded-for") },
    ]);
    expect(await sessions.count()).toBe(0);
  });

  test("B67: with trustProxy and X-Forwarded-Proto the cookie is Secure, and a token is read", async () => {
    const sessions = createSessions<Data>({ observer: () => undefined, trustProxy: true });
    const failures: unknown[] = [];
    const url = await behindNginx(site(sessions, failures), "proxy_set_header X-Forwarded-Proto https;");
    const [line = ""] = (await fetch(`${url}/write`, { method: "POST", headers: browser })).headers.getSetCookie();
    expect(line).toMatch(/^__Host-session=.*; Secure/);
    const [cookie = ""] = line.split(";");
    expect(await (await fetch(`${url}/read`, { headers: { cookie } })).text()).toBe("alice");
    expect(failures).toEqual([]);
  });

  test("B67: a token that comes by plain http is not read, once said", async () => {
    const told: string[] = [];
    const sessions = createSessions<Data>({
      observer: (event) => event.type === "warning" && told.push(event.code),
    });
    const { cookie } = await sessions.issue({ data: { name: "alice" } });
    const url = await behindNginx(site(sessions, []), "");
    for (let time = 0; time < 2; time++) {
      expect(await (await fetch(`${url}/read`, { headers: { cookie } })).text()).toBe("stranger");
    }
    expect(told.filter((code) => code === "INSECURE_TRANSPORT")).toHaveLength(1);
  });
});

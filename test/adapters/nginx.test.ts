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

  test("nobody sees the page of somebody else, whenever the session was read", async () => {
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

import { once } from "node:events";
import type { ClientRequest, IncomingMessage } from "node:http";
import { type Socket as Connection, connect } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { createSessions, type ReadonlySession, type Session, type Sessions } from "coatcheck";
import { type SocketOptions, type SocketSession, upgrade } from "coatcheck/ws";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { type Protocol, serve } from "../support/adapters/node.ts";
import { browse, ends, twoProcesses, type Visit, visitor } from "../support/adapters/sockets.ts";

interface Served {
  readonly url: string;
  readonly port: number;
  readonly server: WebSocketServer;
  open(headers: Record<string, string>): WebSocket;
  /** The session of the next socket. */
  session(): Promise<SocketSession<Visit>>;
}

/** Each message adds an apple; the answer is their number, or what went wrong. */
async function start(
  sessions: Sessions<Visit>,
  options: SocketOptions<Visit> = {},
  protocol: Protocol = "http",
): Promise<Served> {
  const { server, url, close } = await serve((_req, res) => res.writeHead(404).end(), protocol);
  const sockets = new WebSocketServer({ noServer: true });
  const accept = upgrade(
    sessions,
    sockets,
    (socket, session) => {
      sockets.emit("session", session);
      socket.on("message", async () => {
        const answer = await session
          .edit((now) => now.update("apples", (apples = 0) => apples + 1))
          .catch((error: { code: string }) => error.code);
        socket.send(`${answer}`);
      });
    },
    { recheck: "50ms", ...options },
  );
  server.on("upgrade", accept);
  onTestFinished(async () => {
    for (const socket of sockets.clients) socket.terminate();
    await close();
  });
  return {
    url,
    port: Number(new URL(url).port),
    server: sockets,
    session: async () => ((await once(sockets, "session")) as [SocketSession<Visit>])[0],
    open: (headers) => {
      const socket = new WebSocket(url.replace("http", "ws"), { headers, rejectUnauthorized: false });
      // Of those that were refused, which have no other end.
      onTestFinished(() => socket.on("error", () => undefined).terminate());
      return socket;
    },
  };
}

async function ask(socket: WebSocket): Promise<string> {
  const answered = once(socket, "message") as Promise<[Buffer]>;
  socket.send("apple");
  return String((await answered)[0]);
}

/** The HTTP answer of a server that wants no socket. */
async function refused(
  socket: WebSocket,
): Promise<{ status: number | undefined; body: string; type: string | undefined }> {
  const [req, res] = (await once(socket, "unexpected-response")) as [ClientRequest, IncomingMessage];
  const answer = { status: res.statusCode, body: await text(res), type: res.headers["content-type"] };
  req.destroy();
  return answer;
}

async function farewell(socket: WebSocket): Promise<unknown[]> {
  const [code, reason] = (await once(socket, "close")) as [number, Buffer];
  return [code, String(reason)];
}

afterEach(() => vi.restoreAllMocks());

describe("a WebSocket", () => {
  test.each(["http", "https"] as const)("a WebSocket has the session of its upgrade, over %s", async (protocol) => {
    const { here } = twoProcesses();
    const { open, session } = await start(here, {}, protocol);
    const { id, cookie } = await here.issue({ userId: "ada", secure: protocol === "https" });
    const opened = session();
    const socket = open({ cookie });
    expect(await opened).toMatchObject({ id, userId: "ada", ended: { aborted: false } });
    await once(socket, "open");
  });

  test("B11: a WebSocket works on the session as it is now, and loses nothing of many at once", async () => {
    const { here, there } = twoProcesses();
    const { open } = await start(here);
    const { id, headers } = await visitor(here);
    const sockets = [open(headers), open(headers)];
    await Promise.all(sockets.map((socket) => once(socket, "open")));
    await there.edit(id, (session) => session.set("apples", 10));
    for (let at = 0; at < 10; at++) await Promise.all(sockets.map(ask));
    expect(await there.edit(id, (session) => session.get("apples"))).toBe(30);
  });

  describe.each(["here", "there"] as const)("is closed, when its session, by a process %s,", (where) => {
    test.each(ends)("B9: %s", async (what, end, told) => {
      const processes = twoProcesses();
      // What happens in this process is not to wait for the next look at the store.
      const { open, session } = await start(processes.here, { recheck: where === "here" ? "1h" : "20ms" });
      const { id, headers } = await visitor(processes.here, "ada");
      const opened = session();
      const socket = open(headers);
      await once(socket, "open");
      const gone = farewell(socket);
      await end(processes[where], id, headers);
      // Nothing says so when time is over, but the store and the socket's next message do.
      if (where === "here" && what === "expires") {
        await sleep(20);
        socket.send("apple");
      }
      expect(await gone).toEqual([4401, told]);
      const { ended, edit } = await opened;
      expect(ended).toMatchObject({ aborted: true, reason: told });
      await expect(edit(() => 1)).rejects.toMatchObject({ code: "SESSION_GONE" });
    });
  });

  test("B9: a WebSocket writes nothing after the end that it was not told of yet", async () => {
    const { here, there } = twoProcesses();
    const { open } = await start(here, { recheck: "1h" });
    const { headers } = await visitor(here);
    const socket = open(headers);
    await once(socket, "open");
    const gone = farewell(socket);
    const renewed = await browse(there, headers, (session) => session.login("ada"));
    expect(await ask(socket)).toBe("SESSION_GONE");
    expect(await gone).toEqual([4401, "renewed"]);
    const again = open(renewed);
    await once(again, "open");
    expect(await ask(again)).toBe("2");
  });
});

describe("an upgrade", () => {
  const unauthorized = {
    status: 401,
    body: "Sign in first: sockets are for visitors with a session.\n",
    type: "text/plain; charset=utf-8",
  };

  test("an upgrade without a session, or with an ended one, is answered by HTTP", async () => {
    const { here } = twoProcesses();
    const { open, server } = await start(here);
    expect(await refused(open({}))).toEqual(unauthorized);
    const { id, headers } = await visitor(here);
    await here.revoke(id, { anyUser: true });
    expect(await refused(open(headers))).toEqual(unauthorized);
    expect(server.clients.size).toBe(0);
  });

  test("an upgrade keeps nothing that is written to its session", async () => {
    const { here } = twoProcesses();
    const asked: Session<Visit>[] = [];
    const authorize = (session: ReadonlySession<Visit>): boolean => {
      asked.push(session as Session<Visit>);
      asked[0]?.set("apples", 99);
      return true;
    };
    const { open } = await start(here, { authorize });
    const { id, headers } = await visitor(here);
    await once(open(headers), "open");
    expect(() => asked[0]?.set("apples", 99)).toThrow(expect.objectContaining({ code: "SESSION_CLOSED" }));
    expect(await here.edit(id, (session) => session.get("apples"))).toBe(1);
  });

  test("an upgrade can be refused by the application", async () => {
    const { here } = twoProcesses();
    const { open } = await start(here, { authorize: async ({ userId }) => userId !== undefined });
    expect(await refused(open((await visitor(here)).headers))).toEqual(unauthorized);
    await once(open((await visitor(here, "ada")).headers), "open");
  });

  test("an upgrade from a page of another origin is refused before the store is called", async () => {
    const { here, store } = twoProcesses();
    const { open, url } = await start(here);
    const { headers } = await visitor(here);
    const before = store.calls.length;
    for (const origin of [
      "https://evil.example",
      "http://localhost:1",
      "null",
      "",
      url.replace("localhost", "sub.localhost"),
    ]) {
      expect((await refused(open({ ...headers, origin }))).status).toBe(403);
    }
    expect(store.calls.length).toBe(before);
    await once(open({ ...headers, origin: url }), "open");
  });

  test("an upgrade over https from a page without TLS is refused", async () => {
    const { here } = twoProcesses();
    const { open, url } = await start(here, {}, "https");
    const { cookie } = await here.issue({ secure: true });
    expect((await refused(open({ cookie, origin: url.replace("https", "http") }))).status).toBe(403);
    await once(open({ cookie, origin: url }), "open");
  });

  test.each([
    [1, "x-forwarded-proto", "https"],
    [2, "x-forwarded-proto", "https, http"],
    [1, "forwarded", 'for=192.0.2.1;proto="https"'],
  ])(
    "an upgrade behind %i proxies that ended TLS (%s: %s) from a page without TLS is refused",
    async (proxies, name, value) => {
      const sessions = createSessions<Visit>({ trustProxy: proxies });
      const { cookie } = await sessions.issue({ secure: true });
      const { open, url } = await start(sessions);
      const origin = url.replace("http:", "https:");
      expect((await refused(open({ cookie, origin: url, [name]: value }))).status).toBe(403);
      await once(open({ cookie, origin, [name]: value }), "open");
    },
  );

  test.each(["here", "there"] as const)(
    "B121: a socket whose session is revoked %s while the application decides is closed at once",
    async (where) => {
      const processes = twoProcesses();
      const { id, headers } = await visitor(processes.here);
      const authorize = async (): Promise<boolean> => processes[where].revoke(id, { anyUser: true });
      const { open } = await start(processes.here, { recheck: "1h", authorize });
      const [code, reason] = (await once(open(headers), "close")) as [number, Buffer];
      expect([code, `${reason}`]).toEqual([4401, "ended"]);
    },
  );

  test("an upgrade is answered with 503 and without details while the store does not respond", async () => {
    const { here, store } = twoProcesses();
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const { open } = await start(here);
    const { headers } = await visitor(here);
    vi.spyOn(store, "read").mockRejectedValue(new Error("password authentication failed"));
    expect(await refused(open(headers))).toMatchObject({
      status: 503,
      body: "The service is not available at the moment. Please try again.\n",
    });
  });

  test("an upgrade whose client disconnects during it affects no other", async () => {
    const { here, store } = twoProcesses();
    const { open, port } = await start(here);
    const { headers } = await visitor(here);
    const broken = new Promise<void>((resolve) => {
      store.delay("read", async () => {
        store.delay("read", undefined);
        connection.resetAndDestroy();
        await new Promise((wait) => setTimeout(wait, 50));
        resolve();
      });
    });
    const connection: Connection = connect(port, "127.0.0.1");
    const lines = [
      "GET / HTTP/1.1",
      `Host: localhost:${port}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      `Cookie: ${headers.cookie}`,
    ];
    connection.write(`${lines.join("\r\n")}\r\n\r\n`);
    await broken;
    const socket = open(headers);
    await once(socket, "open");
    expect(await ask(socket)).toBe("2");
  });
});

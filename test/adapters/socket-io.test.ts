import { type EventEmitter, once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Sessions } from "coatcheck";
import { type SocketIoOptions, type SocketSession, session } from "coatcheck/socket-io";
import { type Namespace, Server, type Socket } from "socket.io";
import { type Socket as Client, io as connect, type ManagerOptions } from "socket.io-client";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { deferred, serve } from "../support/adapters/node.ts";
import { browse, ends, twoProcesses, type Visit, visitor } from "../support/adapters/sockets.ts";

interface Served {
  readonly io: Server;
  readonly url: string;
  open(headers: Record<string, string>, path?: string, options?: Partial<ManagerOptions>): Client;
  /** The server's side of the next socket. */
  connection(nsp?: Namespace): Promise<Socket>;
}

async function start(sessions: Sessions<Visit>, options: SocketIoOptions<Visit> = {}): Promise<Served> {
  const { server, url, close } = await serve((_req, res) => res.writeHead(404).end());
  const io = new Server(server as never, { cors: { origin: true } });
  io.use(session(sessions, { recheck: "50ms", ...options }));
  io.on("connection", (socket) => {
    const { session } = socket.data as { session: SocketSession<Visit> };
    socket.on("apple", async (answer: (apples: number | string) => void) => {
      try {
        answer(await session.edit((now) => now.update("apples", (apples = 0) => apples + 1)));
      } catch (error) {
        answer((error as { code: string }).code);
      }
    });
  });
  onTestFinished(async () => {
    await io.close();
    await close().catch(() => undefined);
  });
  return {
    io,
    url,
    connection: async (nsp = io.sockets) => ((await once(nsp, "connection")) as [Socket])[0],
    open: (headers, path = "", more = {}) => {
      const client = connect(url + path, { extraHeaders: headers, reconnection: false, forceNew: true, ...more });
      onTestFinished(() => void client.close());
      return client;
    },
  };
}

const heard = (client: Client, event: string): Promise<unknown> =>
  new Promise((resolve) => client.once(event, resolve));
const connected = (client: Client): Promise<unknown> => heard(client, "connect");
const refused = async (client: Client): Promise<{ message: string; data: unknown }> => {
  const { message, data } = (await heard(client, "connect_error")) as { message: string; data: unknown };
  return { message, data };
};
/** What a client is told until it is disconnected. */
async function farewell(client: Client): Promise<unknown[]> {
  const told: unknown[] = [];
  client.on("session", (end) => told.push(end));
  const reason = await heard(client, "disconnect");
  return [...told, reason];
}

afterEach(() => vi.restoreAllMocks());

describe("a socket of Socket.IO", () => {
  test.each(["polling", "websocket"])(
    "a Socket.IO socket has the session of its handshake, over %s",
    async (transport) => {
      const { here } = twoProcesses();
      const { open, connection } = await start(here);
      const { id, headers } = await visitor(here, "ada");
      const client = open(headers, "", { transports: [transport] });
      const socket = await connection();
      const { session } = socket.data as { session: SocketSession<Visit> };
      expect(session).toMatchObject({ id, userId: "ada" });
      expect(session.ended.aborted).toBe(false);
      await connected(client);
      expect(client.connected).toBe(true);
    },
  );

  test("B11: a Socket.IO socket works on the session as it is now, and loses nothing of many at once", async () => {
    const { here, there } = twoProcesses();
    const { open } = await start(here);
    const { id, headers } = await visitor(here);
    const clients = [open(headers), open(headers)];
    await Promise.all(clients.map(connected));
    await there.edit(id, (session) => session.set("apples", 10));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => clients[at % 2]?.emitWithAck("apple") as Promise<number>),
    );
    expect(answers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, at) => 11 + at));
    expect(await there.edit(id, (session) => session.get("apples"))).toBe(30);
  });

  test("a Socket.IO socket keeps its session alive by what it does, not by being open", async () => {
    const { here } = twoProcesses();
    const { open } = await start(here);
    const { id, headers } = await visitor(here);
    const client = open(headers);
    await connected(client);
    const before = (await here.find(id))?.lastSeenAt.getTime() ?? Number.NaN;
    await client.emitWithAck("apple");
    expect((await here.find(id))?.lastSeenAt.getTime()).toBeGreaterThan(before);
  });

  describe.each(["here", "there"] as const)("is told and disconnected, when its session, by a process %s,", (where) => {
    test.each(ends)("B9: %s", async (_, end, told) => {
      const processes = twoProcesses();
      // What happens in this process is not to wait for the next look at the store.
      const { open, connection } = await start(processes.here, { recheck: where === "here" ? "1h" : "20ms" });
      const { id, headers } = await visitor(processes.here, "ada");
      const client = open(headers);
      const [socket] = await Promise.all([connection(), connected(client)]);
      const { session } = socket.data as { session: SocketSession<Visit> };
      const gone = farewell(client);
      await end(processes[where], id, headers);
      // Nothing says so when time is over, but the store and the socket's next message do.
      if (where === "here" && _ === "expires") {
        await sleep(20);
        client.emit("apple", () => undefined);
      }
      expect(await gone).toEqual([told, "io server disconnect"]);
      expect(session.ended).toMatchObject({ aborted: true, reason: told });
      await expect(session.edit(() => 1)).rejects.toMatchObject({ code: "SESSION_GONE" });
    });
  });

  test("B9: a Socket.IO socket writes nothing after the end that it was not told of yet", async () => {
    const { here, there } = twoProcesses();
    const { open } = await start(here, { recheck: "1h" });
    const { headers } = await visitor(here);
    const client = open(headers);
    await connected(client);
    const gone = farewell(client);
    const renewed = await browse(there, headers, (session) => session.login("ada"));
    expect(await client.emitWithAck("apple")).toBe("SESSION_GONE");
    expect(await gone).toEqual(["renewed", "io server disconnect"]);
    const again = open(renewed);
    await connected(again);
    expect(await again.emitWithAck("apple")).toBe(2);
  });

  test("a Socket.IO socket leaves the other sockets alone", async () => {
    const { here } = twoProcesses();
    const { open } = await start(here);
    const [ada, bob] = [await visitor(here, "ada"), await visitor(here, "bob")];
    const clients = [open(ada.headers), open(bob.headers)] as const;
    await Promise.all(clients.map(connected));
    const gone = farewell(clients[0]);
    await here.revoke(ada.id, { anyUser: true });
    await gone;
    expect(await clients[1].emitWithAck("apple")).toBe(2);
  });

  test("a Socket.IO socket stays open while the store does not respond", async () => {
    const { here, store } = twoProcesses();
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const { open } = await start(here, { recheck: "10ms" });
    const { headers } = await visitor(here);
    const client = open(headers);
    await connected(client);
    const read = vi.spyOn(store, "read").mockRejectedValue(new Error("down"));
    await expect.poll(() => read.mock.calls.length).toBeGreaterThan(2);
    expect(await client.emitWithAck("apple")).toBe("STORE_UNAVAILABLE");
    read.mockRestore();
    expect(await client.emitWithAck("apple")).toBe(2);
  });

  test("Socket.IO's watch calls no store after the last socket has gone", async () => {
    const { here, store } = twoProcesses();
    const { open, connection } = await start(here, { recheck: "10ms" });
    const { headers } = await visitor(here);
    const client = open(headers);
    const socket = await connection();
    const left = once(socket, "disconnect");
    client.close();
    await left;
    const before = store.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(store.calls.length - before).toBeLessThan(2);
  });
});

describe("a handshake", () => {
  const unauthorized = { message: "Sign in first: sockets are for visitors with a session.", data: { status: 401 } };

  test("a handshake without a session, or with an ended one, is refused", async () => {
    const { here } = twoProcesses();
    const { open } = await start(here);
    expect(await refused(open({}))).toEqual(unauthorized);
    expect(await refused(open({ cookie: "session=forged" }))).toEqual(unauthorized);
    const { id, headers } = await visitor(here);
    await here.revoke(id, { anyUser: true });
    expect(await refused(open(headers))).toEqual(unauthorized);
  });

  test("a handshake with a token from before the login is refused", async () => {
    const { here } = twoProcesses();
    const { open } = await start(here);
    const { headers } = await visitor(here);
    await browse(here, headers, (session) => session.login("ada"));
    expect(await refused(open(headers))).toEqual(unauthorized);
  });

  test("a handshake can be refused by the application", async () => {
    const { here } = twoProcesses();
    const { open } = await start(here, { authorize: async ({ userId }) => userId !== undefined });
    expect(await refused(open((await visitor(here)).headers))).toEqual(unauthorized);
    await connected(open((await visitor(here, "ada")).headers));
  });

  test.each([
    ["another site", "https://evil.example", 403],
    ["another port of this host", "http://localhost:1", 403],
    ["a sandboxed frame", "null", 403],
  ])("a handshake from a page of %s is refused", async (_, origin, status) => {
    const { here } = twoProcesses();
    const { open } = await start(here);
    const { headers } = await visitor(here);
    for (const transport of ["polling", "websocket"]) {
      const client = open({ ...headers, origin }, "", { transports: [transport] });
      expect((await refused(client)).data).toEqual({ status });
    }
  });

  test("a handshake from a page of this host, or of an allowed one, is accepted", async () => {
    const { here } = twoProcesses();
    const { open, url } = await start(here);
    const { headers } = await visitor(here);
    await connected(open({ ...headers, origin: url }));
    const named = await start(here, { origins: ["http://shop.localhost"] });
    await connected(named.open({ ...headers, origin: "http://shop.localhost" }));
    expect((await refused(named.open({ ...headers, origin: named.url }))).data).toEqual({ status: 403 });
  });

  test("a handshake is refused with 503 and no details while the store does not respond", async () => {
    const { here, store } = twoProcesses();
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const { open } = await start(here);
    const { headers } = await visitor(here);
    vi.spyOn(store, "read").mockRejectedValue(new Error("password authentication failed"));
    const { message, data } = await refused(open(headers));
    expect(data).toEqual({ status: 503 });
    expect(message).toBe("The service is not available at the moment. Please try again.");
  });

  test("a handshake whose client disconnects during it leaves no watch behind", async () => {
    const { here, store } = twoProcesses();
    const asked = deferred();
    const allowed = deferred<boolean>();
    const authorize = (): Promise<boolean> => {
      asked.resolve();
      return allowed.promise;
    };
    const { open, io } = await start(here, { recheck: "10ms", authorize });
    const { headers } = await visitor(here);
    const client = open(headers, "", { transports: ["websocket"] });
    const [[connection]] = (await Promise.all([once(io.engine, "connection"), asked.promise])) as [
      [EventEmitter],
      undefined,
    ];
    const left = once(connection, "close");
    client.close();
    await left;
    allowed.resolve(true);
    const before = store.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(store.calls.length).toBe(before);
  });
});

test("several managers share a socket under names of their own", async () => {
  const { here, there } = twoProcesses();
  const { io, open, connection } = await start(here);
  io.use(session(there, { as: "other" }));
  const { id, headers } = await visitor(here);
  open(headers);
  const { data } = await connection();
  expect(data).toMatchObject({ session: { id }, other: { id } });
  expect(data.other).not.toBe(data.session);
});

test("what other servers of a cluster see is no more than who it is", async () => {
  const { here } = twoProcesses();
  const { open, connection } = await start(here);
  const { id, headers } = await visitor(here, "ada");
  open(headers);
  const { data } = await connection();
  expect(JSON.parse(JSON.stringify(data))).toEqual({ session: { id, userId: "ada" } });
});

import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { MongoClient } from "mongodb";
import { createConnection } from "mysql2/promise";
import pg from "pg";
import { createClient } from "redis";
import { describe, expect, onTestFinished, test } from "vitest";
import { portOf } from "../servers/port.ts";
import { service } from "../service.ts";
import { proxied } from "./proxied.ts";
import type { FaultProxy } from "./proxy.ts";

const mongodbUrl = await service("mongodb");
const mysqlUrl = await service("mysql");
const postgresUrl = await service("postgres");
const redisUrl = await service("redis");

/** Answers every piece with itself, and keeps what it got. */
async function startEcho(): Promise<{ url: string; received: () => string; connections: () => number }> {
  let received = "";
  let connections = 0;
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      received += chunk;
      socket.write(chunk);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { url: `tcp://127.0.0.1:${portOf(server)}`, received: () => received, connections: () => connections };
}

interface Caller {
  /** Resolves with the echo, or the code of the error that ended the connection. */
  call(text: string): Promise<string>;
  readonly socket: Socket;
  /** Resolves with the code of the error that ended the connection. */
  readonly ended: Promise<string>;
}

async function dial(proxy: FaultProxy): Promise<Caller> {
  const socket = connect(proxy.port, "127.0.0.1").setEncoding("utf8");
  let code = "ended";
  socket.on("error", (error: NodeJS.ErrnoException) => {
    code = `${error.code}`;
  });
  const ended = new Promise<string>((resolve) => socket.on("close", () => resolve(code)));
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  const call = (text: string) => {
    const echo = new Promise<string>((resolve) => socket.once("data", resolve));
    socket.write(text);
    return Promise.race([echo, ended]);
  };
  return { call, socket, ended };
}

describe("bytes of a small server", () => {
  test("without a fault, everything passes", async () => {
    const echo = await startEcho();
    const proxy = await proxied(echo.url);
    const caller = await dial(proxy);
    expect(await caller.call("one")).toBe("one");
    expect(await caller.call("two")).toBe("two");
    expect(proxy.struck).toEqual({ delay: 0, drop: 0, before: 0, after: 0 });
  });

  test("before: the server gets nothing of the request, the client a reset", async () => {
    const echo = await startEcho();
    const proxy = await proxied(echo.url);
    const caller = await dial(proxy);
    await caller.call("one ");
    const struck = proxy.once({ kind: "before" });
    expect(await caller.call("two ")).toBe("ECONNRESET");
    await struck;
    expect(await (await dial(proxy)).call("three ")).toBe("three ");
    expect(echo.received()).toBe("one three ");
  });

  test("after: the server gets the request, the client a reset in place of the reply", async () => {
    const echo = await startEcho();
    const proxy = await proxied(echo.url);
    const caller = await dial(proxy);
    await caller.call("one ");
    const struck = proxy.once({ kind: "after" });
    expect(await caller.call("two ")).toBe("ECONNRESET");
    await struck;
    expect(echo.received()).toBe("one two ");
  });

  test("a one-shot fault waits for a request that holds its text", async () => {
    const echo = await startEcho();
    const proxy = await proxied(echo.url);
    const caller = await dial(proxy);
    void proxy.once({ kind: "before" }, { match: "UPDATE" });
    expect(await caller.call("SELECT")).toBe("SELECT");
    expect(await caller.call("an UPDATE of it")).toBe("ECONNRESET");
    expect(proxy.struck.before).toBe(1);
  });

  test("drop: open and new connections are never answered; after clear() new ones are", async () => {
    const echo = await startEcho();
    const proxy = await proxied(echo.url);
    const open = await dial(proxy);
    await open.call("one ");
    proxy.set({ kind: "drop" });
    const fresh = await dial(proxy);
    const answers: string[] = [];
    for (const caller of [open, fresh]) void caller.call("lost ").then((answer) => answers.push(answer));
    await expect.poll(() => proxy.struck.drop).toBe(2);
    proxy.clear();
    void open.call("lost too ").then((answer) => answers.push(answer));
    expect(await (await dial(proxy)).call("two ")).toBe("two ");
    expect(answers).toEqual([]);
    expect(echo.received()).toBe("one two ");
  });

  test("delay: the reply is late, the order stays, and what was sent arrives even if the client has left", async () => {
    const echo = await startEcho();
    const proxy = await proxied(echo.url);
    const caller = await dial(proxy);
    proxy.set({ kind: "delay", ms: 100 });
    const start = performance.now();
    expect(await caller.call("one ")).toBe("one ");
    expect(performance.now() - start).toBeGreaterThanOrEqual(95);
    caller.socket.write("two ");
    await expect.poll(() => proxy.struck.delay, { interval: 1 }).toBe(2);
    proxy.clear();
    caller.socket.write("three ");
    caller.socket.destroy();
    await expect.poll(echo.received).toBe("one two three ");
  });

  test("refuse: new connections are refused, open ones work, and the port is the same afterwards", async () => {
    const echo = await startEcho();
    const proxy = await proxied(echo.url);
    const open = await dial(proxy);
    proxy.refuse();
    await expect(dial(proxy)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect(await open.call("one")).toBe("one");
    await proxy.accept();
    expect(await (await dial(proxy)).call("two")).toBe("two");
  });

  test("cut: every open connection is reset, new ones work", async () => {
    const echo = await startEcho();
    const proxy = await proxied(echo.url);
    const callers = await Promise.all([dial(proxy), dial(proxy)]);
    await Promise.all(callers.map(({ call }) => call("one")));
    proxy.cut();
    expect(await Promise.all(callers.map(({ ended }) => ended))).toEqual(["ECONNRESET", "ECONNRESET"]);
    expect(await (await dial(proxy)).call("two")).toBe("two");
  });

  test("a server that ends a connection, or is not there, is seen through the proxy", async () => {
    const echo = await startEcho();
    const proxy = await proxied(echo.url);
    const absent = await proxied(`tcp://127.0.0.1:${proxy.port}`);
    const caller = await dial(absent);
    await caller.call("one");
    await proxy.close();
    expect(await caller.ended).toBe("ECONNRESET");
    expect(await (await dial(absent)).call("two")).toBe("ECONNRESET");
  });

  test("with a probability, the same seed strikes the same requests", async () => {
    const strikes = async (seed: number) => {
      const echo = await startEcho();
      const proxy = await proxied(echo.url, { seed });
      proxy.set({ kind: "before" }, { probability: 0.5 });
      const answers: string[] = [];
      for (let i = 0; i < 40; i++) answers.push(await (await dial(proxy)).call("x"));
      return answers.map((answer) => (answer === "x" ? "." : "R")).join("");
    };
    const [first, again, other] = [await strikes(1), await strikes(1), await strikes(2)];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    expect(first).toMatch(/\..*R|R.*\./);
  });
});

describe("databases", () => {
  const redis = redisUrl;

  test.skipIf(redis === undefined).each(["before", "after"] as const)(
    "Redis: which increments are executed when connections are reset %s the server has them",
    async (kind) => {
      const proxy = await proxied(redis!);
      const key = `proxy-test-${crypto.randomUUID()}`;
      proxy.set({ kind }, { match: "INCR", probability: 0.2 });
      let acknowledged = 0;
      for (let i = 0; i < 200; i++) {
        const client = createClient({ url: proxy.url, socket: { reconnectStrategy: false } });
        client.on("error", () => {});
        await client.connect();
        acknowledged += await client.incr(key).then(
          () => 1,
          () => 0,
        );
        client.destroy();
      }
      const direct = createClient({ url: redis! });
      await direct.connect();
      const executed = Number(await direct.get(key));
      await direct.del(key);
      direct.destroy();
      const struck = proxy.struck[kind];
      expect(struck).toBeGreaterThan(0);
      expect(acknowledged).toBe(200 - struck);
      expect(executed).toBe(kind === "after" ? 200 : acknowledged);
    },
  );

  const postgres = postgresUrl;

  test.skipIf(postgres === undefined)(
    "PostgreSQL: an insert whose reply is lost is there; one reset before is not",
    async () => {
      const table = `proxy_test_${crypto.randomUUID().replaceAll("-", "")}`;
      const proxy = await proxied(postgres!);
      const direct = new pg.Client(postgres!);
      await direct.connect();
      await direct.query(`create table ${table} (value text)`);
      for (const kind of ["before", "after"] as const) {
        const client = new pg.Client(proxy.url);
        client.on("error", () => {});
        await client.connect();
        void proxy.once({ kind }, { match: "insert" });
        await expect(client.query(`insert into ${table} values ($1)`, [kind])).rejects.toThrow();
      }
      await expect
        .poll(async () => (await direct.query(`select value from ${table}`)).rows)
        .toEqual([{ value: "after" }]);
      await direct.query(`drop table ${table}`);
      await direct.end();
    },
  );

  const mysql = mysqlUrl;

  test.skipIf(mysql === undefined)(
    "MariaDB: an insert whose reply is lost is there; one reset before is not",
    async () => {
      const table = `proxy_test_${crypto.randomUUID().replaceAll("-", "")}`;
      const proxy = await proxied(mysql!);
      const direct = await createConnection(mysql!);
      await direct.query(`create table ${table} (value text)`);
      for (const kind of ["before", "after"] as const) {
        const client = await createConnection(proxy.url);
        client.on("error", () => {});
        void proxy.once({ kind }, { match: "insert" });
        await expect(client.query(`insert into ${table} values (?)`, [kind])).rejects.toThrow();
      }
      await expect
        .poll(async () => (await direct.query(`select value from ${table}`))[0])
        .toEqual([{ value: "after" }]);
      await direct.query(`drop table ${table}`);
      await direct.end();
    },
  );

  const mongodb = mongodbUrl;

  test.skipIf(mongodb === undefined)(
    "MongoDB: an insert whose reply is lost is there; one reset before is not",
    async () => {
      const name = `proxy_test_${crypto.randomUUID()}`;
      const options = { retryWrites: false, directConnection: true };
      const proxy = await proxied(mongodb!);
      const direct = new MongoClient(mongodb!, options);
      for (const kind of ["before", "after"] as const) {
        const client = new MongoClient(proxy.url, options);
        const collection = client.db().collection(name);
        await collection.findOne();
        void proxy.once({ kind }, { match: "insert" });
        await expect(collection.insertOne({ value: kind })).rejects.toThrow();
        await client.close();
      }
      const documents = () => direct.db().collection(name).find().toArray();
      await expect.poll(documents).toMatchObject([{ value: "after" }]);
      await direct.db().dropCollection(name);
      await direct.close();
    },
  );
});

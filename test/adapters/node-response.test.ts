import { once } from "node:events";
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep, setImmediate as soon } from "node:timers/promises";
import type { HeaderEdit } from "coatcheck";
import type { Next } from "coatcheck/node";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  type Answer,
  type AskOptions,
  ask,
  askBy,
  commitBeforeResponse,
  cookieEdit,
  deferred,
  type HeldCommit,
  heldCommit,
  type Protocol,
  type Served,
  serve,
} from "../support/adapters/node.ts";
import { runtime } from "../support/runtime.ts";

const open: Served[] = [];
const unhandled: unknown[] = [];
const onUnhandled = (error: unknown): void => void unhandled.push(error);

beforeAll(() => void process.on("unhandledRejection", onUnhandled).on("uncaughtException", onUnhandled));
afterAll(() => void process.off("unhandledRejection", onUnhandled).off("uncaughtException", onUnhandled));
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  expect(unhandled.splice(0)).toEqual([]);
});

type Handler = (res: http.ServerResponse, req: http.IncomingMessage) => unknown;
type OnError = (error: unknown, res: http.ServerResponse) => void;

const answerStatus: OnError = (error, res) => {
  res.statusCode = (error as { status?: number }).status ?? 500;
  res.end(`failed: ${(error as Error).message}`);
};

/** A server whose responses wait for these commits. */
async function serving(
  handler: Handler,
  commits: readonly HeldCommit[],
  { protocol = "http" as Protocol, onError = answerStatus } = {},
): Promise<string> {
  const served = await serve((req, res) => {
    const next: Next = (error) => onError(error, res);
    for (const commit of commits) commitBeforeResponse(res, commit, next);
    void handler(res, req);
  }, protocol);
  open.push(served);
  return served.url;
}

/** The answer of a handler whose commit succeeds after a while. */
async function answerOf(
  handler: Handler,
  { protocol = "http" as Protocol, ...options }: AskOptions & { protocol?: Protocol } = {},
): Promise<Answer> {
  const commit = heldCommit();
  const url = await serving(handler, [commit], { protocol });
  const answer = askBy(protocol)(url, options);
  await commit.begun;
  await sleep(10);
  commit.succeed([cookieEdit("session", "token")]);
  return answer;
}

const unavailable = (message = "store down"): Error => Object.assign(new Error(message), { status: 503 });

describe.each<Protocol>(["http", "https", "http2"])("a response over %s", (protocol) => {
  it.each<[string, (res: http.ServerResponse) => void]>([
    ["writeHead", (res) => void res.writeHead(200)],
    ["write", (res) => void res.write("body")],
    ["end", (res) => void res.end("body")],
    ["flushHeaders", (res) => res.flushHeaders()],
  ])("B23: %s sends nothing before the commit", async (_, begin) => {
    const events: string[] = [];
    const commit = heldCommit();
    const url = await serving(
      (res) => {
        begin(res);
        if (!res.writableEnded) res.end();
      },
      [commit],
      { protocol },
    );
    const answer = askBy(protocol)(url, { onHead: () => events.push("head") });
    await commit.begun;
    await sleep(50);
    events.push("commit");
    commit.succeed([cookieEdit("session", "token")]);
    expect((await answer).headers["set-cookie"]).toEqual(["session=token; Path=/"]);
    expect(events).toEqual(["commit", "head"]);
    expect(commit.outcomes).toEqual([{ status: 200 }]);
  });

  it("B23: status, headers and body are those of the handler, with its own cookies", async () => {
    const { status, headers, body } = await answerOf(
      (res) => {
        res.setHeader("set-cookie", ["theme=dark", "session=stale"]);
        res.setHeader("x-own", "1");
        res.statusCode = 201;
        res.write("a");
        res.write("b");
        res.end("c");
      },
      { protocol },
    );
    expect({ status, body, own: headers["x-own"] }).toEqual({ status: 201, body: "abc", own: "1" });
    expect(headers["set-cookie"]).toEqual(["theme=dark", "session=token; Path=/"]);
  });

  it("B23: while it is held, a response has a head that cannot be changed, and has not ended", async () => {
    const seen: unknown[] = [];
    const { status, headers, body } = await answerOf(
      (res) => {
        seen.push(res.headersSent, res.writableEnded);
        seen.push(res.end("first") === res, res.headersSent, res.writableEnded);
        for (const change of [
          () => res.setHeader("x-late", "1"),
          () => res.appendHeader("x-late", "1"),
          () => res.removeHeader("x-late"),
          () => res.writeHead(500),
        ]) {
          expect(change).toThrow(expect.objectContaining({ code: "ERR_HTTP_HEADERS_SENT" }));
        }
        res.statusCode = 500;
      },
      { protocol },
    );
    expect(seen).toEqual([false, false, true, true, false]);
    expect({ status, body, late: headers["x-late"] }).toEqual({ status: 200, body: "first", late: undefined });
  });

  it("B23: a held response: write says wait, 'drain' says go on, and every callback is called", async () => {
    const events: string[] = [];
    const ended = deferred();
    const { body } = await answerOf(
      async (res) => {
        res.on("drain", () => events.push("drain"));
        events.push(String(res.write("a", () => events.push("written"))));
        await once(res, "drain");
        res.write("b");
        res.end("c", () => {
          events.push("ended");
          ended.resolve();
        });
      },
      { protocol },
    );
    expect(body).toBe("abc");
    await ended.promise;
    expect(events.toSorted()).toEqual(["drain", "ended", "false", "written"]);
  });

  it("B23: a writer of more than the connection takes is woken once, when it was taken", async () => {
    const big = "x".repeat(4_000_000);
    const waiting: number[] = [];
    const { body } = await answerOf(
      async (res) => {
        res.on("drain", () => waiting.push(res.writableLength));
        res.write(big);
        await once(res, "drain");
        res.end();
      },
      { protocol },
    );
    expect(body.length).toBe(big.length);
    expect(waiting).toEqual([0]);
  });

  it("B23: pipes and pipelines go on after the commit", async () => {
    const chunks = Array.from({ length: 40 }, (_, i) => `${i}`.repeat(4000));
    const ways: Handler[] = [
      (res) => Readable.from(chunks).pipe(res),
      (res) => pipeline(Readable.from(chunks), res),
      (res) =>
        pipeline(async function* () {
          yield* chunks;
        }, res),
      (res) => {
        res.write("");
        Readable.from(chunks).pipe(res);
      },
    ];
    for (const way of ways) expect((await answerOf(way, { protocol })).body).toBe(chunks.join(""));
  });

  it.each([
    ["HEAD", 200],
    ["GET", 204],
    ["GET", 304],
  ] as const)("B23: %s with status %i has a cookie and no body", async (method, given) => {
    const { status, headers, body } = await answerOf(
      (res) => {
        res.statusCode = given;
        if (method === "HEAD") res.setHeader("content-length", "4");
        res.end(method === "HEAD" ? "body" : undefined);
      },
      { protocol, method },
    );
    expect({ status, body }).toEqual({ status: given, body: "" });
    expect(headers["set-cookie"]).toEqual(["session=token; Path=/"]);
  });

  it("B23: early hints are not a response and leave at once", async () => {
    const commit = heldCommit();
    const hinted = deferred();
    const url = await serving(
      async (res) => {
        res.writeEarlyHints({ link: "</style.css>; rel=preload; as=style" });
        await hinted.promise;
        res.end("ok");
      },
      [commit],
      { protocol },
    );
    const hints: number[] = [];
    const answer = askBy(protocol)(url, {
      onInformation: (status) => {
        hints.push(status);
        hinted.resolve();
      },
    });
    await commit.begun;
    commit.succeed();
    expect((await answer).body).toBe("ok");
    expect(hints).toEqual([103]);
  });

  it("B23: server-sent events begin after the commit and then flow", async () => {
    const { headers, body } = await answerOf(
      async (res) => {
        res.writeHead(200, { "content-type": "text/event-stream" });
        res.flushHeaders();
        for (const event of [1, 2, 3]) {
          res.write(`data: ${event}\n\n`);
          await sleep(5);
        }
        res.end();
      },
      { protocol },
    );
    expect(headers["content-type"]).toBe("text/event-stream");
    expect(headers["set-cookie"]).toHaveLength(1);
    expect(body).toBe("data: 1\n\ndata: 2\n\ndata: 3\n\n");
  });

  it("B23: a visitor who has left hangs nothing, and the commit still ends", async () => {
    const commit = heldCommit();
    const left = deferred();
    const called = deferred<unknown>();
    const leaving = new AbortController();
    const url = await serving(
      (res, req) => {
        req.on("close", () => left.resolve());
        res.write("a", () => called.resolve(undefined));
        res.end("b");
        setTimeout(() => leaving.abort(), 5);
      },
      [commit],
      { protocol },
    );
    const answer = askBy(protocol)(url, { signal: leaving.signal }).then(
      () => "answered",
      () => "cut",
    );
    await commit.begun;
    await left.promise;
    commit.succeed([cookieEdit("session", "token")]);
    await called.promise;
    expect(await answer).toBe("cut");
  });

  it("B24: after a failed commit the error is answered, and nothing of the handler's response is left", async () => {
    const commit = heldCommit();
    const url = await serving(
      (res) => {
        res.setHeader("content-type", "application/json");
        res.setHeader("content-length", "2");
        res.setHeader("content-security-policy", "default-src 'self'");
        res.setHeader("etag", '"1"');
        res.setHeader("last-modified", new Date(0).toUTCString());
        res.setHeader("cache-control", "public");
        res.setHeader("accept-ranges", "bytes");
        res.setHeader("x-own", "1");
        res.writeHead(302, { location: "/next" });
        res.end("{}");
      },
      [commit],
      { protocol },
    );
    const answer = askBy(protocol)(url);
    await commit.begun;
    commit.fail(unavailable());
    const { status, headers, body } = await answer;
    expect({ status, body }).toEqual({ status: 503, body: "failed: store down" });
    expect(headers).toMatchObject({ "content-security-policy": "default-src 'self'", "x-own": "1" });
    for (const name of ["content-type", "etag", "last-modified", "location", "cache-control", "accept-ranges"]) {
      expect(headers, name).not.toHaveProperty(name);
    }
    expect(commit.outcomes).toEqual([
      { status: 302 },
      { status: 503, error: expect.objectContaining({ status: 503 }) },
    ]);
  });

  it("B24: the handler that goes on after its commit failed cannot write into the error response", async () => {
    const commit = heldCommit();
    const told: unknown[] = [];
    const finished = deferred();
    const url = await serving(
      async (res) => {
        res.write("a", (error) => told.push(error));
        await once(res, "close");
        res.write("b", (error) => told.push(error));
        res.end("c", () => finished.resolve());
      },
      [commit],
      { protocol },
    );
    const answer = askBy(protocol)(url);
    await commit.begun;
    const error = unavailable();
    commit.fail(error);
    expect(await answer).toMatchObject({ status: 503, body: "failed: store down" });
    await finished.promise;
    expect(told).toEqual([error, error]);
  });

  it("B18: several sessions on one response: all are committed, their cookies do not cross", async () => {
    const commits = [heldCommit(), heldCommit()] as const;
    const url = await serving((res) => void res.end("ok"), commits, { protocol });
    const answer = askBy(protocol)(url);
    await Promise.all(commits.map((one) => one.begun));
    commits[1].succeed([cookieEdit("prefs", "p")]);
    await soon();
    commits[0].succeed([cookieEdit("session", "s")]);
    const { headers, body } = await answer;
    expect(headers["set-cookie"]).toEqual(["session=s; Path=/", "prefs=p; Path=/"]);
    expect(body).toBe("ok");
  });

  it("B18: one session fails: the cookie of the other goes out with the error", async () => {
    const commits = [heldCommit(), heldCommit()] as const;
    const url = await serving((res) => void res.end("ok"), commits, { protocol });
    const answer = askBy(protocol)(url);
    await Promise.all(commits.map((one) => one.begun));
    commits[0].fail(unavailable());
    commits[1].succeed([cookieEdit("prefs", "p")]);
    const { status, headers, body } = await answer;
    expect({ status, body }).toEqual({ status: 503, body: "failed: store down" });
    expect(headers["set-cookie"]).toEqual(["prefs=p; Path=/"]);
    expect(commits.map((one) => one.outcomes.length)).toEqual([2, 1]);
  });

  it("B18: several sessions fail: their errors come together, under the status of the first", async () => {
    const commits = [heldCommit(), heldCommit()] as const;
    const caught: unknown[] = [];
    const onError: OnError = (error, res) => {
      caught.push(error);
      answerStatus(error, res);
    };
    const url = await serving((res) => void res.end("ok"), commits, { protocol, onError });
    const answer = askBy(protocol)(url);
    await Promise.all(commits.map((one) => one.begun));
    const errors = [Object.assign(new Error("gone"), { status: 409 }), unavailable()];
    commits.forEach((one, i) => void one.fail(errors[i]));
    expect((await answer).status).toBe(409);
    expect(caught).toEqual([expect.objectContaining({ status: 409, statusCode: 409, errors })]);
    expect(caught[0]).toBeInstanceOf(AggregateError);
  });
});

describe("writeHead", () => {
  const pairs = (answer: Answer, name: string): string[] =>
    answer.rawHeaders.filter((_, i) => i % 2 === 1 && answer.rawHeaders[i - 1]?.toLowerCase() === name);

  it("B23: writeHead takes headers as an object, over those that were set", async () => {
    const answer = await answerOf((res) => {
      res.setHeader("X-One", "old");
      res.writeHead(207, { "X-One": "new", "X-Many": ["a", "b"] }).end("ok");
    });
    expect(answer).toMatchObject({ status: 207, reason: "Multi-Status", body: "ok" });
    expect([pairs(answer, "x-one"), pairs(answer, "x-many")]).toEqual([["new"], ["a", "b"]]);
  });

  it("B23: writeHead takes a flat list with names that come twice", async () => {
    const answer = await answerOf((res) => {
      res.setHeader("x-many", "old");
      res.writeHead(200, ["X-Many", "a", "Set-Cookie", "a=1", "X-Many", "b", "Set-Cookie", "b=2"]);
      res.end("ok");
    });
    expect(pairs(answer, "x-many")).toEqual(["a", "b"]);
    expect(answer.headers["set-cookie"]).toEqual(["a=1", "b=2", "session=token; Path=/"]);
  });

  it("B23: writeHead takes a list of pairs and a reason", async () => {
    const answer = await answerOf((res) => {
      res
        .writeHead(404, "Nothing Here", [
          ["x-many", "a"],
          ["x-many", "b"],
        ] as never)
        .end();
    });
    expect(answer).toMatchObject({ status: 404, reason: "Nothing Here" });
    expect(pairs(answer, "x-many")).toEqual(["a", "b"]);
  });

  // Deno never answers after it refused a head.
  it.skipIf(runtime === "deno")("writeHead refuses at once what Node refuses", async () => {
    const { status, body } = await answerOf((res) => {
      expect(() => res.writeHead(99)).toThrow(expect.objectContaining({ code: "ERR_HTTP_INVALID_STATUS_CODE" }));
      expect(() => res.writeHead(200, ["x-one"] as never)).toThrow(
        expect.objectContaining({ code: "ERR_INVALID_ARG_VALUE" }),
      );
      expect(() => res.writeHead(200, { "x-one": "a\nb" })).toThrow(
        expect.objectContaining({ code: "ERR_INVALID_CHAR" }),
      );
      res.end("ok");
    });
    expect({ status, body }).toEqual({ status: 200, body: "ok" });
  });
});

describe("a held response", () => {
  // Bun has sent the head when it refuses the body.
  it.skipIf(runtime === "bun")(
    "B24: what Node refuses when a held call is made goes to the error handler",
    async () => {
      const answer = await answerOf((res) => void res.end(42 as never));
      expect(answer).toMatchObject({ status: 500, body: expect.stringContaining("failed: ") });
    },
  );

  it("B24: after a failed commit the reason is that of the error's status", async () => {
    const commit = heldCommit();
    const url = await serving((res) => res.writeHead(404, "Nothing Here").end(), [commit]);
    const answer = ask(url);
    await commit.begun;
    commit.fail(unavailable());
    expect(await answer).toMatchObject({ status: 503, reason: "Service Unavailable" });
  });

  it("a held response takes no more than it was given: until it is let go, it needs to drain", async () => {
    const seen: unknown[] = [];
    await answerOf((res) => {
      seen.push(res.writableNeedDrain);
      res.write("a");
      seen.push(res.writableNeedDrain);
      res.end();
      seen.push(res.writableNeedDrain);
    });
    expect(seen).toEqual([false, true, false]);
  });

  it("B24: an error response that Node refuses as well cuts the connection", async () => {
    const commit = heldCommit();
    const url = await serving((res) => void res.end("ok"), [commit], {
      onError: (_, res) => void res.end(42 as never),
    });
    const answer = ask(url);
    await commit.begun;
    commit.fail(unavailable());
    await expect(answer).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  it("B23: a held response has a content length where Node can tell it, and keeps the connection", async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const ports: unknown[] = [];
    const served = await serve((req, res) => {
      ports.push(req.socket.remotePort);
      commitBeforeResponse(res, { commit: async () => [] }, () => undefined);
      res.end("four");
    });
    open.push(served);
    for (let i = 0; i < 2; i++) expect((await ask(served.url, { agent })).headers["content-length"]).toBe("4");
    agent.destroy();
    expect(new Set(ports).size).toBe(1);
  });

  // Deno has no interim answers.
  it.skipIf(runtime === "deno")("B23: interim responses of `Expect: 100-continue` come before the commit", async () => {
    const commit = heldCommit();
    const served = await serve(() => undefined);
    open.push(served);
    served.server.on("checkContinue", (req, res) => {
      commitBeforeResponse(res, commit, () => undefined);
      res.writeContinue();
      req.resume().on("end", () => res.end("ok"));
    });
    const req = http.request(served.url, { method: "POST", headers: { expect: "100-continue" }, agent: false });
    req.flushHeaders();
    await once(req, "continue");
    req.end("body");
    await commit.begun;
    commit.succeed();
    const [res] = await once(req, "response");
    expect(res.statusCode).toBe(200);
    res.resume();
  });

  it("B23: a held response sends not one byte of a response early, also not to a raw socket", async () => {
    const commit = heldCommit();
    const url = await serving((res) => void res.writeHead(302, { location: "/next" }).end("moved"), [commit]);
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    let bytes = "";
    socket.on("data", (chunk) => {
      bytes += chunk;
    });
    socket.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    await commit.begun;
    await sleep(50);
    expect(bytes).toBe("");
    commit.succeed([cookieEdit("session", "token")]);
    await once(socket, "close");
    expect(bytes).toMatch(/^HTTP\/1\.1 302 Found\r\nlocation: \/next\r\nset-cookie: session=token; Path=\/\r\n/);
    expect(bytes.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});

describe("a commit that has nothing to wait for", () => {
  const served = async (commits: readonly HeldCommit["commit"][], handler: Handler): Promise<Answer> => {
    const one = await serve((req, res) => {
      for (const commit of commits) commitBeforeResponse(res, { commit }, () => undefined);
      handler(res, req);
    });
    open.push(one);
    return ask(one.url);
  };
  const atOnce = (...edits: HeaderEdit[]) => (() => edits) as unknown as HeldCommit["commit"];

  it("B23: a commit without work lets the response go at once, with its headers", async () => {
    const results: unknown[] = [];
    const { headers, body } = await served([atOnce(cookieEdit("session", "token"))], (res) => {
      results.push(res.write("a"), res.headersSent, res.writableEnded);
      results.push(res.end("b") === res, res.writableEnded);
    });
    expect(results).toEqual([true, true, false, true, true]);
    expect(body).toBe("ab");
    expect(headers["set-cookie"]).toEqual(["session=token; Path=/"]);
  });

  it("B23: a commit without work lets it go by any method, in the handler's own words", async () => {
    const answer = await served([atOnce()], (res) => res.writeHead(404, "Nothing Here", { "x-own": "1" }).end("no"));
    expect(answer).toMatchObject({ status: 404, reason: "Nothing Here", body: "no", headers: { "x-own": "1" } });
    const events = await served([atOnce()], (res) => {
      res.flushHeaders();
      res.end("data");
    });
    expect(events.body).toBe("data");
  });

  it("B18: a commit without work waits for the other sessions of the response", async () => {
    const commit = heldCommit();
    const answer = served([atOnce(cookieEdit("prefs", "p")), commit.commit], (res) => res.end("ok"));
    await commit.begun;
    await sleep(10);
    commit.succeed([cookieEdit("session", "s")]);
    expect((await answer).headers["set-cookie"]).toEqual(["prefs=p; Path=/", "session=s; Path=/"]);
  });
});

describe("a source of a response whose commit failed", () => {
  const folder = mkdtempSync(join(tmpdir(), "coatcheck-"));
  const file = join(folder, "big.txt");
  writeFileSync(file, "x".repeat(300_000));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("B24: a stream piped into a response whose commit failed is cut off, and closed when nothing else reads it", async () => {
    const commit = heldCommit();
    const source = createReadStream(file);
    const url = await serving((res) => source.pipe(res), [commit]);
    const answer = ask(url);
    await commit.begun;
    commit.fail(unavailable());
    expect(await answer).toMatchObject({ status: 503, body: "failed: store down" });
    if (!source.closed) await once(source, "close");
    expect(source.destroyed).toBe(true);
  });

  it("B24: a stream piped into a response whose commit failed does not run on into an error response that is written piece by piece", async () => {
    const commit = heldCommit();
    const onError: OnError = async (_, res) => {
      res.write("error ");
      await sleep(20);
      res.end("page");
    };
    const url = await serving((res) => createReadStream(file).pipe(res), [commit], { onError });
    const answer = ask(url);
    await commit.begun;
    commit.fail(unavailable());
    expect(await answer).toMatchObject({ status: 503, body: "error page" });
  });

  it("B24: a stream piped into a response whose commit failed ends a pipeline with an error", async () => {
    const commit = heldCommit();
    const ended = deferred<unknown>();
    const url = await serving(
      (res) => {
        pipeline(createReadStream(file), res).then(ended.resolve, ended.resolve);
      },
      [commit],
    );
    const answer = ask(url);
    await commit.begun;
    commit.fail(unavailable());
    expect(await answer).toMatchObject({ status: 503, body: "failed: store down" });
    expect(await ended.promise).toMatchObject({ code: "ERR_STREAM_PREMATURE_CLOSE" });
  });
});

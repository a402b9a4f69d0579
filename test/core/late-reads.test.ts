import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createSessions, type Session, type SessionEvent, type SessionManager, type SessionsOptions } from "coatcheck";
import { listener } from "coatcheck/node";
import { createSharedCache } from "coatcheck/testing";
import { describe, expect, test } from "vitest";

type Data = { name: string };

async function signedIn(options: Pick<SessionsOptions<Data>, "cache"> = {}) {
  const events: SessionEvent[] = [];
  const sessions = createSessions<Data>({ observer: (event) => events.push(event), ...options });
  const { cookie } = await sessions.issue({ userId: "alice" });
  const request = (init: RequestInit = {}) => new Request("http://localhost/", { headers: { cookie }, ...init });
  return { sessions, cookie, request, events };
}

const ask = (sessions: SessionManager<Data>, request: Request, answer: (session: Session<Data>) => Response) =>
  sessions.handle(request, (_, session) => answer(session));

/** A body that is there as a whole. */
const pieces = (...texts: string[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      for (const text of texts) controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });

/** A page whose second part reads the session when somebody asks for it. */
function page(session: Session<Data>): ReadableStream<Uint8Array> {
  const parts = [() => "welcome ", () => session.userId ?? "stranger"];
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        const part = parts.shift();
        if (part) controller.enqueue(new TextEncoder().encode(part()));
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

describe("B65: what a response says to caches before its session was read", () => {
  const shared = { "cache-control": "public, max-age=60" };

  test.each<[string, Record<string, string>, string | null]>([
    ["public", shared, "max-age=60, private"],
    ["nothing at all", {}, "private"],
    ["private already", { "cache-control": "private, max-age=60" }, "private, max-age=60"],
    ["no-store already", { "cache-control": "no-store" }, "no-store"],
    ["a network's own field", { "cache-control": "private", "cdn-cache-control": "max-age=60" }, "private"],
  ])("a stream that says %s", async (_, headers, expected) => {
    const { sessions, request } = await signedIn();
    const response = await ask(sessions, request(), (session) => new Response(page(session), { headers }));
    expect(response.headers.get("cache-control")).toBe(expected);
    expect(response.headers.get("cdn-cache-control")).toBe("cdn-cache-control" in headers ? "no-store" : null);
    expect(await response.text()).toBe("welcome alice");
  });

  test.each<[string, () => Response]>([
    ["a text", () => new Response("whole", { headers: shared })],
    ["a text in pieces that are all there", () => new Response(pieces("who", "le"), { headers: shared })],
    ["no body", () => new Response(null, { status: 304, headers: shared })],
    [
      "a stream of known length",
      () => new Response(lazily("whole"), { headers: { ...shared, "content-length": "5" } }),
    ],
    ["a stream with an entity tag", () => new Response(lazily("whole"), { headers: { ...shared, etag: '"1"' } })],
    ["an immutable file", () => new Response(lazily("whole"), { headers: { "cache-control": "public, immutable" } })],
  ])("%s stays as it is", async (_, answer) => {
    const { sessions, request } = await signedIn();
    const response = await ask(sessions, request(), answer);
    expect(response.headers.get("cache-control")).toMatch(/^public/);
    expect(response.headers.has("vary")).toBe(false);
    expect(["whole", ""]).toContain(await response.text());
  });

  test("a visitor without a token changes nothing", async () => {
    const { sessions } = await signedIn();
    const answer = (session: Session<Data>) => new Response(page(session), { headers: shared });
    const response = await ask(sessions, new Request("http://localhost/"), answer);
    expect(response.headers.get("cache-control")).toBe("public, max-age=60");
    expect(await response.text()).toBe("welcome stranger");
  });

  test("a response that claims to be complete and reads the session late is cut off, and no cache gets it", async () => {
    const { sessions, request } = await signedIn();
    const headers = { ...shared, etag: '"1"' };
    const cache = createSharedCache();
    const fetched = cache.fetch(request(), (asked) =>
      ask(sessions, asked, (session) => new Response(page(session), { headers })),
    );
    await expect(fetched).rejects.toMatchObject({ code: "SESSION_CLOSED", message: expect.stringMatching(/private/) });
  });

  test("once such a response has been sent, a log may read the session", async () => {
    const { sessions, cookie } = await signedIn();
    const seen: unknown[] = [];
    const server = createServer(
      listener(sessions, (_req, res, session) => {
        res.on("finish", () => seen.push(session.userId));
        res.setHeader("cache-control", "public, max-age=60").setHeader("etag", '"1"').write("who");
        expect(() => session.userId).toThrow(/shared caches/);
        res.end("le");
      }),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, {
      headers: { cookie },
    });
    expect([response.headers.get("cache-control"), await response.text()]).toEqual(["public, max-age=60", "whole"]);
    await new Promise((resolve) => server.close(resolve));
    expect(seen).toEqual(["alice"]);
  });

  test("a response of which nothing is known gives one warning", async () => {
    const { sessions, request, events } = await signedIn();
    for (const _ of [1, 2]) {
      const { session, commit } = await sessions.open(request());
      await commit({ status: 200 });
      expect(session.userId).toBe("alice");
    }
    expect(events.filter((event) => event.type === "warning" && event.code === "LATE_READ")).toHaveLength(1);
  });

  test("a session that is loaded late is closed by the commit, and its response is private", async () => {
    const { sessions, request } = await signedIn();
    const response = await sessions.handle(
      request(),
      (_, session) => {
        const body = new ReadableStream(
          {
            async pull(controller) {
              await session.load();
              expect(() => session.set("name", "Alice")).toThrow(/after its response had begun/);
              controller.enqueue(new TextEncoder().encode(session.userId));
              controller.close();
            },
          },
          { highWaterMark: 0 },
        );
        return new Response(body, { headers: { "cache-control": "public, max-age=60" } });
      },
      { lazy: true },
    );
    expect(await response.text()).toBe("alice");
    expect(response.headers.get("cache-control")).toMatch(/private/);
  });
});

function lazily(text: string): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });
}

describe('B66: cache: "no-store"', () => {
  test("no cache keeps a response that used the session; others are left alone", async () => {
    const { sessions, request } = await signedIn({ cache: "no-store" });
    const headers = { "cache-control": "public, max-age=60, must-understand" };
    const used = await ask(sessions, request(), (session) => new Response(session.userId, { headers }));
    expect([used.headers.get("cache-control"), used.headers.get("vary")]).toEqual(["no-store", "Cookie"]);
    const plain = await ask(sessions, request(), () => new Response("plain", { headers }));
    expect(plain.headers.get("cache-control")).toBe(headers["cache-control"]);
    expect(() => createSessions({ cache: "public" as never })).toThrow(/cache must be one of/);
  });
});

import { runInNewContext } from "node:vm";
import { createSessions, SessionError, saveAll } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { afterEach, describe, expect, it, vi } from "vitest";
import { standardCodec } from "../../src/core/record/codec.ts";
import { testStore } from "../../src/testing/adapter/recording-store.ts";

interface Data {
  views: number;
  bytes: Uint8Array;
}

const options = { observer: () => undefined, pruneInterval: false } as const;
const request = (cookie?: string): Request => new Request("https://localhost/", cookie ? { headers: { cookie } } : {});
const cookieOf = (response: Response): string => response.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";

afterEach(() => void vi.useRealTimers());

describe("two copies of the package", () => {
  it("B63: two copies of the package know each other's errors by SessionError.is()", async () => {
    vi.resetModules();
    const other = await import("coatcheck");
    expect(other.SessionError).not.toBe(SessionError);
    const error = new other.SessionError("SESSION_GONE", "gone");
    expect(error).not.toBeInstanceOf(SessionError);
    expect(SessionError.is(error)).toBe(true);
    expect(other.SessionError.is(new SessionError("SESSION_GONE", "gone"))).toBe(true);
    for (const value of [new Error("other"), { code: "SESSION_GONE" }, "SESSION_GONE", null, undefined]) {
      expect(SessionError.is(value)).toBe(false);
    }
    expect(Object.keys(error)).not.toContain("coatcheck.error");
  });

  it("B63: two copies of the package let a store of one work under a manager of the other", async () => {
    vi.resetModules();
    const other = await import("coatcheck");
    const store = testStore(memoryStore());
    const sessions = other.createSessions<Data>({ ...options, store });
    store.isDown = true;
    const response = await sessions.handle(request(), (_, session) => {
      session.set("views", 1);
      return new Response("ok");
    });
    expect(response.status).toBe(503);
  });
});

describe("a clock of a test", () => {
  it.each(["before", "after"])("B63: moves the sessions of a manager that was created %s it was set", async (order) => {
    const make = () => createSessions<Data>({ ...options, store: memoryStore(), idleTimeout: "1h" });
    const early = order === "before" ? make() : undefined;
    vi.useFakeTimers({ now: Date.parse("2030-01-01T00:00:00Z") });
    const sessions = early ?? make();
    const views = async (cookie?: string): Promise<[string, string]> => {
      const response = await sessions.handle(request(cookie), (_, session) => {
        const now = ((session.get("views") as number | undefined) ?? 0) + 1;
        session.set("views", now);
        return new Response(`${now} ${session.createdAt?.getUTCFullYear() ?? "new"}`);
      });
      return [await response.text(), cookieOf(response)];
    };
    const [, cookie] = await views();
    vi.setSystemTime(Date.parse("2030-01-01T00:59:00Z"));
    expect((await views(cookie))[0]).toBe("2 2030");
    vi.setSystemTime(Date.parse("2030-01-01T02:00:00Z"));
    expect((await views(cookie))[0]).toMatch(/^1 /);
  });
});

describe("values of another realm", () => {
  it("B63: a response of another implementation of fetch is a response", async () => {
    class Foreign extends Response {
      static override [Symbol.hasInstance] = () => false;
    }
    const sessions = createSessions<Data>({ ...options, store: memoryStore() });
    const native = globalThis.Response;
    // As where an application replaces the global after a handler's package has taken it.
    const answer = new native("foreign", { status: 201 });
    vi.stubGlobal("Response", Foreign);
    try {
      const response = await sessions.handle(request(), (_, session) => {
        session.set("views", 1);
        return answer;
      });
      expect([response.status, await response.text()]).toEqual([201, "foreign"]);
      expect(cookieOf(response)).not.toBe("");
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it("B34: a Map and a Date come back", () => {
    const codec = standardCodec();
    const value = runInNewContext("new Map([['at', new Date(5)]])");
    expect(codec.decode(codec.encode(value))).toEqual(new Map([["at", new Date(5)]]));
  });
});

describe("what is no request", () => {
  it("B64: what is no request is a TypeError that says what to give", async () => {
    const sessions = createSessions<Data>({ ...options, store: memoryStore() });
    for (const value of [undefined, null, "request", 1] as never[]) {
      const given = value === null ? "null" : typeof value;
      for (const [name, call] of Object.entries({
        "sessions.get()": () => sessions.get(value),
        "sessions.tryGet()": () => sessions.tryGet(value),
        "sessions.open()": () => sessions.open(value),
      })) {
        expect(call).toThrow(
          new TypeError(`${name} takes the request, or the framework's context of it, and was given ${given}.`),
        );
      }
      await expect(saveAll(value)).rejects.toThrow(TypeError);
    }
  });
});

describe("a Buffer", () => {
  it("B64: a Buffer comes back as a Buffer, also an empty one and inside of other values; a Uint8Array as that", async () => {
    const sessions = createSessions<Data>({ ...options, store: memoryStore() });
    const bytes = { list: [Buffer.from("héllo"), Buffer.alloc(0)], plain: new Uint8Array([1, 2]) } as never;
    const written = await sessions.handle(request(), (_, session) => {
      session.set("bytes", bytes);
      return new Response();
    });
    await sessions.handle(request(cookieOf(written)), (_, session) => {
      const { list, plain } = session.get("bytes") as never as { list: Buffer[]; plain: Uint8Array };
      expect(list.map((one) => [Buffer.isBuffer(one), one.toString()])).toEqual([
        [true, "héllo"],
        [true, ""],
      ]);
      expect([Buffer.isBuffer(plain), plain]).toEqual([false, new Uint8Array([1, 2])]);
      return new Response();
    });
  });

  it("B64: a Buffer is a Uint8Array where there is no Buffer", () => {
    const codec = standardCodec();
    const text = codec.encode(Buffer.from([1, 2, 255]));
    vi.stubGlobal("Buffer", undefined);
    try {
      expect(codec.decode(text)).toEqual(new Uint8Array([1, 2, 255]));
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

import { createSessions } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { afterEach, describe, expect, it, vi } from "vitest";
import { spyOn } from "../support/stores/spy.ts";

type Data = Record<string, unknown>;

const request = () => new Request("http://localhost/");

afterEach(() => {
  vi.restoreAllMocks();
});

describe("handle", () => {
  const setUp = () => {
    const store = spyOn(memoryStore());
    return { store, sessions: createSessions<Data>({ store, observer: () => undefined }) };
  };

  it("B19: handle() answers what a handler throws by its status, and prints unexpected errors", async () => {
    const { sessions } = setUp();
    const printed = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const teapot = Object.assign(new Error("short and stout"), { status: 418 });
    const answers = [teapot, new Error("secret detail")].map((error) =>
      sessions.handle(request(), () => {
        throw error;
      }),
    );
    const [first, second] = await Promise.all(answers);
    expect([first?.status, second?.status]).toEqual([418, 500]);
    expect(await second?.text()).toBe("Something went wrong here.\n");
    expect(printed).toHaveBeenCalledTimes(1);
  });

  it("B125: a response is sent itself where nothing changes, and never gets the cookie of one client where it is a constant", async () => {
    const { sessions } = setUp();
    const unchanged = new Response("hello");
    expect(await sessions.handle(request(), () => unchanged)).toBe(unchanged);
    const constants = [
      new Response("hello"),
      new Response(null, { status: 204 }),
      await fetch("data:text/plain,hello"),
    ];
    for (const constant of constants) {
      const sent = await sessions.handle(request(), (_, session) => {
        session.set("n", 1);
        return constant;
      });
      expect([sent.headers.getSetCookie().length, constant.headers.getSetCookie().length]).toEqual([1, 0]);
    }
  });

  it.each(["write", "clear"] as const)(
    "B69: handle() does not reject where a transport's %s throws",
    async (broken) => {
      const fail = () => {
        throw new Error("injected");
      };
      const transport = { read: () => "token", write: () => [], clear: () => [], [broken]: fail };
      const sessions = createSessions<Data>({ transports: [transport], observer: () => undefined });
      vi.spyOn(console, "error").mockImplementation(() => undefined);
      const response = await sessions.handle(request(), async (_, session) => {
        if (broken === "clear") await session.destroy();
        else session.set("n", 1);
        return new Response("done");
      });
      expect(response.status).toBe(500);
    },
  );

  it("B69: handle() does not reject where onError returns nothing", async () => {
    const { sessions } = setUp();
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const onError = () => undefined as unknown as Response;
    expect((await sessions.handle(request(), () => Promise.reject(new Error("no")), { onError })).status).toBe(500);
  });

  it("handle() never rejects: not for an onError that throws, nor for a handler that returns nothing", async () => {
    const { sessions } = setUp();
    const printed = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const onError = (): Response => {
      throw new Error("while answering");
    };
    const fails = () => {
      throw new Error("first");
    };
    expect((await sessions.handle(request(), fails, { onError })).status).toBe(500);
    expect((await sessions.handle(request(), () => undefined as never)).status).toBe(500);
    expect(String(printed.mock.calls.at(-1)?.[0])).toContain("must return a Response");
  });

  it("handle() mounts the session under the objects that an adapter names", async () => {
    const { sessions } = setUp();
    const carriers = [{}, {}];
    const response = await sessions.handle(
      request(),
      (own, session) => {
        expect(carriers.map((carrier) => sessions.get(carrier))).toEqual([session, session]);
        return new Response(String(sessions.tryGet(own)));
      },
      { carriers },
    );
    expect(await response.text()).toBe("undefined");
  });

  it("handle() closes the body of a response that a failed commit replaced", async () => {
    const { sessions, store } = setUp();
    store.fail("create", "before");
    const cancel = vi.fn();
    const response = await sessions.handle(request(), (_, session) => {
      session.set("n", 1);
      return new Response(new ReadableStream({ cancel }), { headers: { "set-cookie": "other=1" } });
    });
    expect([response.status, response.headers.getSetCookie()]).toEqual([503, ["other=1"]]);
    expect(cancel).toHaveBeenCalledTimes(1);
  });

  it("handle() does not put one visitor's cookie on a response that serves all", async () => {
    const { sessions } = setUp();
    const shared = new Response(null, { status: 204 });
    const visit = () =>
      sessions.handle(request(), (_, session) => {
        session.set("n", 1);
        return shared;
      });
    const [a, b] = [await visit(), await visit()];
    expect([a.headers.getSetCookie().length, b.headers.getSetCookie().length]).toEqual([1, 1]);
    expect(shared.headers.getSetCookie()).toEqual([]);
  });

  it("handle() passes on a response that cannot be created again", async () => {
    const { sessions } = setUp();
    const response = await sessions.handle(request(), (_, session) => {
      session.set("n", 1);
      return Response.error();
    });
    expect(response.type).toBe("error");
  });
});

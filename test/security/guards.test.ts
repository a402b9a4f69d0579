import { createSessions } from "coatcheck";
import { lifetimes, requireFresh, requireUser, returnTo, signOutHeaders } from "coatcheck/security";
import { memoryStore } from "coatcheck/stores/memory";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Browser } from "../support/browser/visitor.ts";

type Data = Record<string, unknown>;
const outcome = (call: () => unknown): unknown => {
  try {
    return call();
  } catch (error) {
    return (error as { code: string }).code;
  }
};

afterEach(() => void vi.useRealTimers());

describe("guards", () => {
  it("B155: requireUser() returns the user, and refuses a session without one", async () => {
    const visitor = new Browser(createSessions<Data>({ store: memoryStore() }));
    expect((await visitor.visit((session) => outcome(() => requireUser(session)))).result).toBe("NOT_SIGNED_IN");
    await visitor.visit((session) => session.login("ann"));
    expect((await visitor.visit((session) => outcome(() => requireUser(session)))).result).toBe("ann");
  });

  it("B155: requireFresh() wants a login of late, and data cannot stand in for one", async () => {
    vi.useFakeTimers({ toFake: ["Date", "performance"] });
    const visitor = new Browser(createSessions<Data>({ store: memoryStore(), pruneInterval: false }));
    const fresh = async (): Promise<unknown> =>
      (await visitor.visit((session) => outcome(() => requireFresh(session, "10m")))).result;
    expect(await fresh()).toBe("NOT_SIGNED_IN");
    await visitor.visit((session) => session.login("ann"));
    expect(await fresh()).toBe("ann");
    vi.advanceTimersByTime(10 * 60_000);
    expect(await fresh()).toBe("ann");
    vi.advanceTimersByTime(1);
    expect(await fresh()).toBe("REAUTHENTICATION_REQUIRED");
    await visitor.visit((session) => void session.set("authenticatedAt", new Date()).regenerate());
    expect(await fresh()).toBe("REAUTHENTICATION_REQUIRED");
    await visitor.visit((session) => session.login("ann"));
    expect(await fresh()).toBe("ann");
  });

  it("requireFresh() refuses what is no duration", async () => {
    const visitor = new Browser(createSessions<Data>({ store: memoryStore() }));
    const { result } = await visitor.visit((session) => {
      session.login("ann");
      return [0, "0m", "-1m", "soon"].map((age) => outcome(() => requireFresh(session, age as never)));
    });
    expect(result).toEqual(Array(4).fill("INVALID_OPTION"));
  });
});

it("B156: the levels of NIST SP 800-63B-4 are limits that createSessions() takes", () => {
  const hour = 3_600_000;
  const limits = Object.values(lifetimes).map((one) => {
    const { idleTimeout, absoluteTimeout } = createSessions({ ...one, store: memoryStore() }).policy();
    return [idleTimeout, absoluteTimeout];
  });
  expect(limits).toEqual([
    [undefined, 30 * 24 * hour],
    [hour, 24 * hour],
    [hour / 4, 12 * hour],
  ]);
});

describe("returnTo()", () => {
  it.each(["/", "/account", "/a/b?c=d#e", "/search?q=%2F%2Fevil.test", "/a:b"])("B157: keeps %s", (path) => {
    expect(returnTo(path, "/home")).toBe(path);
  });

  it.each([
    "//evil.test",
    "/\\evil.test",
    "/\t/evil.test",
    "/\n//evil.test",
    "/.//evil.test",
    "/..//evil.test",
    "/a/..//evil.test",
    "/%2e//evil.test",
    "\\\\evil.test",
    "https://evil.test",
    "javascript:alert(1)",
    " //evil.test",
    "account",
    "",
    undefined,
    null,
    17,
    ["/account"],
  ])("B157: does not follow %j", (given) => {
    expect(returnTo(given, "/home")).toBe("/home");
  });

  it("B157: never leaves the application, whatever it is given", () => {
    const part = fc.constantFrom(
      "/",
      "\\",
      ".",
      "..",
      "%2e",
      "%2f",
      "@",
      ":",
      "\t",
      "\n",
      "\r",
      "evil.test",
      "?",
      "#",
      " ",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 10 }), (parts) => {
        const path = returnTo(`/${parts.join("")}`);
        expect(path).toMatch(/^\/(?![/\\])\S*$/);
        expect(new URL(path, "https://shop.test/login").origin).toBe("https://shop.test");
      }),
      { numRuns: 3_000 },
    );
  });
});

it("B158: the headers of a sign-out leave nothing for the back button", () => {
  expect(signOutHeaders).toEqual({ "Clear-Site-Data": '"cache", "storage"', "Cache-Control": "no-store" });
});

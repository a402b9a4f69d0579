import { createSessions } from "coatcheck";
import { describe, expect, test } from "vitest";
import { memoryStore } from "../../src/stores/memory/index.ts";

const visit = (token?: string, url = "http://localhost/") =>
  new Request(url, token === undefined ? {} : { headers: { cookie: token } });

const tokenOf = (response: Response): string => response.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";

describe("setCookieAttributes()", () => {
  test("B90: what this response cannot carry throws at the call, and the session stays usable", async () => {
    const sessions = createSessions<{ n: number }>({ store: memoryStore() });
    const first = await sessions.handle(visit(), (_, session) => {
      session.set("n", 1);
      expect(() => session.setCookieAttributes({ sameSite: "none" })).toThrow(/secure: true/);
      return new Response("ok");
    });
    expect([first.status, first.headers.getSetCookie()[0]]).toEqual([200, expect.stringContaining("SameSite=Lax")]);
    const second = await sessions.handle(visit(tokenOf(first)), (_, session) => new Response(String(session.get("n"))));
    expect([second.status, await second.text()]).toEqual([200, "1"]);
  });

  test("B90: a stored sameSite none does not keep a visitor over http from signing out", async () => {
    const store = memoryStore();
    const sessions = createSessions<{ n: number }>({ store, cookie: { prefix: "" } });
    const first = await sessions.handle(visit(undefined, "https://shop.example/"), (_, session) => {
      session.set("n", 1).setCookieAttributes({ sameSite: "none" });
      return new Response("ok");
    });
    expect(first.headers.getSetCookie()[0]).toContain("SameSite=None");
    const out = await sessions.handle(visit(tokenOf(first)), async (_, session) => {
      expect(session.get("n")).toBe(1);
      await session.destroy();
      return new Response("bye");
    });
    expect(out.status).toBe(200);
    expect(out.headers.getSetCookie()[0]).toMatch(/Max-Age=0.*SameSite=Lax/);
    expect(await sessions.count()).toBe(0);
  });
});

test("B14: writes renew the cookie as often as activity is recorded, and it never ends much sooner than the session", async () => {
  const store = memoryStore();
  let now = Date.UTC(2026, 10, 1);
  const sessions = createSessions<{ n: number }>({ store, clock: () => now, idleTimeout: "1h", remember: true });
  let cookie = "";
  let ends = 0;
  let renewals = 0;
  for (let n = 0; n <= 120; n++) {
    const response = await sessions.handle(visit(cookie), (_, session) => {
      session.set("n", n);
      return new Response();
    });
    const [header] = response.headers.getSetCookie();
    if (header !== undefined) {
      cookie = header.split(";", 1)[0]!;
      ends = now + Number(/Max-Age=(\d+)/.exec(header)?.[1]) * 1_000;
      renewals++;
    }
    expect(now + 3_600_000 - ends).toBeLessThanOrEqual(61_000);
    now += 5_000;
  }
  expect(renewals).toBeGreaterThanOrEqual(10);
  expect(renewals).toBeLessThanOrEqual(12);
});

test.each([
  ["10m", "24h", 10],
  ["10m", "10m", 1],
  [undefined, "24h", 1],
] as const)(
  "B14: with touchInterval %s and an idle limit of %s a visit is recorded after %i minutes",
  async (touchInterval, idleTimeout, after) => {
    let now = Date.UTC(2026, 10, 1);
    let touches = 0;
    const observer = ({ type }: { type: string }): void => {
      if (type === "touched") touches++;
    };
    const options = { store: memoryStore(), clock: () => now, observer, touchInterval, idleTimeout };
    const sessions = createSessions<{ n: number }>(options);
    const { cookie } = await sessions.issue({ data: { n: 1 }, secure: false });
    const visitAgain = () => sessions.handle(visit(cookie.split(";", 1)[0]), () => new Response());
    now += after * 60_000 - 1;
    expect((await visitAgain()).headers.getSetCookie()).toEqual([]);
    expect(touches).toBe(0);
    now += 1;
    expect((await visitAgain()).headers.getSetCookie()).toHaveLength(1);
    expect(touches).toBe(1);
  },
);

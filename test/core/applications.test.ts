import { createHash } from "node:crypto";
import { createSessions, generateKey, type SessionsOptions } from "coatcheck";
import { cookieStore } from "coatcheck/stores/cookie";
import { memoryStore } from "coatcheck/stores/memory";
import { testClock } from "coatcheck/testing";
import { describe, expect, it } from "vitest";
import { Browser, recorder } from "../support/browser/visitor.ts";

type Data = Record<string, unknown>;
type Options = Omit<SessionsOptions<Data>, "store" | "schema">;

/** Opens the session of another application's token. */
async function opensIn(sessions: Browser<Data>["sessions"], token: string): Promise<string | undefined> {
  const browser = new Browser(sessions);
  browser.cookies.set("session", token);
  return (await browser.visit((session) => session.userId)).result;
}

describe("two applications on one store", () => {
  const clock = testClock();
  const make = (options: Options = {}) => {
    const store = memoryStore();
    const observer = recorder();
    const shared = { clock: clock.now, observer, ...options };
    const shop = createSessions<Data>({ store, application: "shop", ...shared });
    const admin = createSessions<Data>({ store, application: "admin", ...shared });
    return { store, observer, shop, admin };
  };

  it("B56: a token opens in its own only", async () => {
    for (const options of [{}, { namespace: "session" }, { namespace: "session", generateId: () => "x".repeat(20) }]) {
      const { shop, admin } = make(options);
      const { token } = await shop.issue({ userId: "1" });
      expect(await opensIn(shop, token)).toBe("1");
      expect(await opensIn(admin, token)).toBeUndefined();
      expect(await opensIn(shop, token)).toBe("1");
    }
  });

  it("B56: every later token opens in its own application only: after login, regenerate and rotation, also in the grace period", async () => {
    const { observer, shop, admin } = make({ namespace: "session", rotateAfter: "5m" });
    const browser = new Browser(shop);
    const tokens = new Set<string>();
    const visit = async (act: (session: ReturnType<typeof shop.get>) => unknown) => {
      const { status } = await browser.visit(act);
      expect(status).toBe(200);
      tokens.add(browser.token);
      expect(await opensIn(admin, browser.token)).toBeUndefined();
    };
    await visit((session) => session.login("1"));
    await visit((session) => session.login("1"));
    await visit((session) => session.regenerate());
    clock.advance("6m");
    const late = browser.copy();
    await visit((session) => session.set("n", 1));
    // Who lost the answer gets the same new token within the grace.
    expect((await late.visit((session) => session.get("n"))).result).toBe(1);
    expect(late.token).toBe(browser.token);
    expect(tokens.size).toBe(4);
    expect(observer.of("refused").map((event) => "reason" in event && event.reason)).toEqual(
      Array(4).fill("wrong-secret"),
    );
  });

  it("B56: what one lists, counts and ends is its own", async () => {
    const { shop, admin } = make();
    const { token } = await shop.issue({ userId: "1" });
    await admin.issue({ userId: "1" });
    expect([await shop.count(), (await admin.list({ userId: "1" })).sessions.length]).toEqual([1, 1]);
    expect(await admin.revokeAll("1")).toBe(1);
    await admin.destroyAll();
    expect(await opensIn(shop, token)).toBe("1");
  });

  it("B56: the stored hash is SHA-256 over the application, a NUL and the secret, and without one over the secret", async () => {
    const digest = (text: string) => createHash("sha256").update(text).digest("base64url");
    for (const application of [undefined, "shop"]) {
      const store = memoryStore();
      const sessions = createSessions<Data>({ store, application, namespace: "n" });
      const { id, token } = await sessions.issue();
      const secret = token.split(".")[1] ?? "";
      const record = await store.read({ namespace: "n", id }, Date.now());
      expect(record?.body).toContain(digest(application === undefined ? secret : `${application}\0${secret}`));
    }
  });

  it("B56: policy() tells application and namespace, and names that do not fit are refused", () => {
    expect(createSessions().policy()).toMatchObject({ application: undefined, namespace: "session" });
    expect(make().shop.policy()).toMatchObject({ application: "shop", namespace: "shop/session" });
    expect(make({ namespace: "own" }).shop.policy()).toMatchObject({ application: "shop", namespace: "own" });
    const refused: [Options, RegExp][] = [
      [{ application: "" }, /application must be a string/],
      [{ application: 5 as never }, /application must be a string/],
      [{ application: "a\0b" }, /application must be a string/],
      [{ application: "x".repeat(57) }, /may have 63 characters; these have 64/],
    ];
    for (const [options, message] of refused) {
      expect(() => createSessions<Data>(options)).toThrow(
        expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringMatching(message) }),
      );
    }
    expect(createSessions({ application: "x".repeat(64), namespace: "n" }).policy().namespace).toBe("n");
  });
});

describe("two applications with one key of sealed cookies", () => {
  const keys = generateKey();

  it("B56: a token opens in its own only, and for its own namespace", async () => {
    const make = (options: Options) => createSessions<Data>({ store: cookieStore({ keys }), ...options });
    const shop = make({ application: "shop", namespace: "n" });
    const { token } = await shop.issue({ userId: "1" });
    expect(await opensIn(shop, token)).toBe("1");
    expect(await opensIn(make({ application: "shop", namespace: "n" }), token)).toBe("1");
    const others: Options[] = [
      {},
      { namespace: "n" },
      { application: "admin", namespace: "n" },
      { application: "shop" },
      { application: "shop", namespace: "m" },
    ];
    for (const other of others) expect(await opensIn(make(other), token), JSON.stringify(other)).toBeUndefined();
  });
});

import { describe, expect, test } from "vitest";
import { Browser } from "../support/browser/visitor.ts";
import { type Data, setUp, who } from "../support/legacy/rows.ts";

interface Event {
  readonly happened: Promise<void>;
  happen(): void;
}

function event(): Event {
  let happen = (): void => undefined;
  const happened = new Promise<void>((resolve) => {
    happen = resolve;
  });
  return { happened, happen };
}

type SetUp = ReturnType<typeof setUp>;

/** A takeover that has made its record, and could not note it. */
async function halfMade(options: Parameters<typeof setUp>[0] = {}) {
  const all = setUp(options);
  const ada = all.visitor("ada");
  let creates = 0;
  all.store.delay("create", async () => {
    if (++creates === 2) throw new Error("injected: down");
  });
  expect((await ada.copy().visit((session) => session.userId)).status).toBe(503);
  all.store.delay("create", undefined);
  return { ...all, ada };
}

const idOf = async ({ sessions }: SetUp): Promise<string> => {
  const { sessions: listed } = await sessions.list({ userId: "ada" });
  expect(listed).toHaveLength(1);
  return listed[0]?.id ?? "";
};

describe("B132: a session that is listed before its takeover is over", () => {
  test("B132: stays ended after revoke()", async () => {
    const all = await halfMade();
    expect(await all.sessions.revoke(await idOf(all), { anyUser: true })).toBe(true);
    expect(await who(all.at(all.other, all.ada))).toBeUndefined();
    expect(await all.sessions.list({ userId: "ada" })).toEqual({ sessions: [] });
  });

  test("B132: stays ended after a login beyond maxSessionsPerUser", async () => {
    const { at, sessions, other, ada, observer, clock } = await halfMade({ maxSessionsPerUser: 1 });
    clock.advance("1m");
    const own = new Browser<Data>(sessions);
    await own.visit((session) => session.login("ada"));
    expect(observer.of("evicted")).toHaveLength(1);
    clock.advance("1m");
    expect([await who(at(other, ada)), await who(own)]).toEqual([undefined, "ada"]);
  });

  test("B132: stays ended after revoke() though a slow process makes its record again", async () => {
    const all = setUp();
    const { visitor, store, sessions, other, at } = all;
    const ada = visitor("ada");
    const [slow, copy] = [at(other, ada), ada.copy()];
    const [isSlow, mayGoOn] = [event(), event()];
    let late: Promise<string | undefined> | undefined;
    let creates = 0;
    store.delay("create", async () => {
      creates++;
      if (creates === 1) {
        isSlow.happen();
        await mayGoOn.happened;
      }
      if (creates !== 3) return;
      store.delay("create", undefined);
      // Her record is there, and its note is not.
      expect(await sessions.revoke(await idOf(all), { anyUser: true })).toBe(true);
      mayGoOn.happen();
      expect(await late).toBeUndefined();
    });
    late = who(slow);
    await isSlow.happened;
    expect(await who(ada)).toBeUndefined();
    for (const one of [copy, slow]) expect(await who(one)).toBeUndefined();
    await expect.poll(() => sessions.count(), { timeout: 60_000 }).toBe(0);
  });
});

import type { SessionsOptions } from "coatcheck";
import { describe, expect, test } from "vitest";
import type { Browser } from "../support/browser/visitor.ts";
import { atEachCall, twoProcesses } from "../support/legacy/processes.ts";
import { type Data, signed, who } from "../support/legacy/rows.ts";

type Two = ReturnType<typeof twoProcesses>;
type Work = (all: Two, ada: Browser<Data>) => Promise<unknown>;

const takeover: Work = async (_, ada) => ada.visit((session) => session.set("cart", 1));
const logout: Work = async (_, ada) => expect((await ada.visit((session) => session.destroy())).status).toBe(200);
const revokeListed: Work = async ({ processes: [, { sessions }] }) => {
  const { sessions: listed } = await sessions.list({ userId: "ada" });
  for (const { id } of listed) await sessions.revoke(id, { anyUser: true });
};

/** Meets a takeover with something else at each call of either, with the first one at the process that is stopped. */
async function meet(
  works: readonly [Work, Work],
  check: (all: Two, visitors: readonly Browser<Data>[]) => Promise<unknown>,
  options: SessionsOptions<Data> = {},
): Promise<void> {
  for (const stopped of [0, 1] as const) {
    const stops = await atEachCall(() => {
      const all = twoProcesses(options);
      all.old.put("adas", { user: "ada" });
      const visitors = all.processes.map((process) => all.visitor(process, "adas"));
      const run = (at: 0 | 1) => () => works[at](all, visitors[at]!);
      return {
        process: all.processes[stopped],
        first: run(stopped),
        second: run(stopped === 0 ? 1 : 0),
        check: () => check(all, visitors),
      };
    });
    expect(stops).toBeGreaterThan(0);
  }
}

/** Neither the old cookie nor what anybody got for it opens a session, though the old row is there. */
async function isOver({ old, visitor, processes }: Two, visitors: readonly Browser<Data>[]): Promise<void> {
  old.put("adas", { user: "ada" });
  for (const process of processes) {
    for (const one of visitors) expect(await who(visitor(process, "adas", one))).toBeUndefined();
    expect(await who(visitor(process, "adas"))).toBeUndefined();
  }
  const [{ sessions }] = processes;
  await expect.poll(() => sessions.list({ userId: "ada" }), { timeout: 60_000 }).toEqual({ sessions: [] });
}

describe("B132: at whichever call of a store a takeover is met by", () => {
  test.each<[string, Work]>([
    ["a logout", logout],
    ["revokeAll()", ({ processes }) => processes[1].sessions.revokeAll("ada")],
    ["destroyAll()", ({ processes }) => processes[1].sessions.destroyAll()],
  ])("B132: %s, it is over for good", (_, ending) => meet([takeover, ending], isOver));

  test("B132: revoke(), it is over for good or goes on", () =>
    meet([takeover, revokeListed], async (all, visitors) => {
      const [ada] = visitors;
      const found = await who(ada!);
      if (found === undefined) await isOver(all, visitors);
      else expect(found).toBe("ada");
    }));

  test("B132: a login, that one stays and the old cookie opens nothing of it", () =>
    meet([takeover, async (_, ada) => ada.visit((session) => session.login("bob"))], async (all, [, bob]) => {
      all.old.put("adas", { user: "ada" });
      for (const process of all.processes) {
        expect(await who(all.visitor(process, "adas"))).toBeUndefined();
        expect(await who(all.visitor(process, "adas", bob))).toBe("bob");
      }
    }));
});

test("B131: at whichever call of a store two takeovers meet, they get one session and lose nothing", () =>
  meet([takeover, async (_, ada) => ada.visit((session) => session.set("seen", 1))], async (_, [one, two]) => {
    expect(one?.cookies.get("session")).toBe(two?.cookies.get("session"));
    const { result } = await one!.visit((session) => [session.userId, ...session.keys().toSorted()]);
    expect(result).toEqual(["ada", "cart", "seen", "user"]);
  }));

test.each(["reject", "evict-oldest"] as const)(
  "B135: at whichever call two old sessions of one user meet, maxSessionsPerUser holds: %s",
  (overflow) => {
    const other: Work = async ({ old }, ada) => {
      old.put("adas too", { user: "ada" });
      ada.cookies.set("connect.sid", signed("adas too"));
      return who(ada);
    };
    const check = async ({ processes }: Two): Promise<void> => {
      const count = async () => (await processes[0].sessions.list({ userId: "ada" })).sessions.length;
      expect(await count()).toBeLessThanOrEqual(1);
    };
    return meet([takeover, other], check, { maxSessionsPerUser: 1, overflow });
  },
);

import { expect, test } from "vitest";
import { setUp, who } from "../../../support/legacy/rows.ts";
import type { StoreUnderTest } from "../../../support/stores/stores.ts";

/** The option `legacy`. */
export function oldSessions({ make }: StoreUnderTest): void {
  test("B131: twenty first requests at once get one session and one token, and all write to it", async () => {
    const { visitor, at, sessions, other } = setUp({ store: await make() });
    const ada = visitor("ada");
    const tabs = Array.from({ length: 20 }, (_, n) => at(n % 2 ? sessions : other, ada));
    await Promise.all(tabs.map((tab, n) => tab.visit((session) => session.set(`key${n}`, n))));
    expect(new Set(tabs.map(({ cookies }) => cookies.get("session"))).size).toBe(1);
    const { result } = await tabs[0]!.visit((session) => [session.userId, session.keys().length]);
    expect(result).toEqual(["ada", 21]);
    expect((await sessions.list({ userId: "ada" })).sessions).toHaveLength(1);
  });

  test("B132: after a logout or a revocation the old cookie opens nothing, though its row is there", async () => {
    const { visitor, at, sessions, other, old } = setUp({ store: await make() });
    const [ada, bob, cyd] = [visitor("ada"), visitor("bob"), visitor("cyd")];
    const copies = [ada, bob, cyd].map((one) => one.copy());
    const rows = new Map(old.rows);
    await ada.visit((session) => session.destroy());
    await other.revokeAll("bob");
    for (const [sid, row] of rows) old.rows.set(sid, row);
    const found: unknown[] = [];
    for (const copy of copies) found.push(await who(at(sessions, copy)));
    expect(found).toEqual([undefined, undefined, "cyd"]);
    expect([await who(ada), await who(bob)]).toEqual([undefined, undefined]);
  });
}

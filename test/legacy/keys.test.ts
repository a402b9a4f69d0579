import { memoryStore } from "coatcheck/stores/memory";
import { describe, expect, test } from "vitest";
import { setUp, who } from "../support/legacy/rows.ts";

const [one, two] = ["one", "two"].map((name) => name.padEnd(43, "-"));

describe("B132: an old session that has ended stays so under another pepper,", () => {
  test.each<[string, string | undefined, string | undefined]>([
    ["introduced", undefined, two],
    ["replaced", one, two],
    ["taken away", one, undefined],
  ])("B132: %s", async (_, before, after) => {
    const store = memoryStore();
    const first = setUp({ store, ...(before !== undefined && { pepper: [before] }) });
    const [ada, bob, cyd, dan] = ["ada", "bob", "cyd", "dan"].map((name) => first.visitor(name));
    const copies = [ada, bob, cyd, dan].map((visitor) => visitor!.copy());
    const rows = new Map(first.old.rows);
    expect(await who(ada!)).toBe("ada");
    await ada!.visit((session) => session.destroy());
    // One that is asked for before the change, and one that is not.
    await first.sessions.revokeAll("bob");
    expect(await who(bob!)).toBeUndefined();
    await first.sessions.revokeAll("cyd");
    for (const [sid, row] of rows) first.old.rows.set(sid, row);
    const second = setUp({ store, ...(after !== undefined && { pepper: [after] }) }, { store: first.old });
    const found: unknown[] = [];
    for (const copy of copies) found.push(await who(second.at(second.sessions, copy)));
    expect(found).toEqual([undefined, undefined, undefined, "dan"]);
    // It says nothing of logins.
    const again = second.at(second.sessions, copies[2]!);
    again.cookies.clear();
    await again.visit((session) => session.login("cyd"));
    expect(await who(again)).toBe("cyd");
  });

  test("B132: also if all were ended", async () => {
    const store = memoryStore();
    const first = setUp({ store });
    const ada = first.visitor("ada");
    await first.sessions.destroyAll();
    const second = setUp({ store, pepper: [two!] }, { store: first.old });
    expect(await who(second.at(second.sessions, ada))).toBeUndefined();
  });
});

import { fromExpressSession } from "coatcheck/legacy/express-session";
import { fileStore } from "coatcheck/stores/file";
import { memoryStore } from "coatcheck/stores/memory";
import { sqliteStore } from "coatcheck/stores/sqlite";
import { describe, expect, test } from "vitest";
import { OldRows, setUp, who } from "../support/legacy/rows.ts";
import { testFolder } from "../support/stores/file/folder.ts";

const folder = testFolder("legacy");
const day = 86_400_000;
type Row = Record<string, unknown>;

describe("B133: what an option returns and ours cannot be is the reason schema, and the old row stays", () => {
  const odd: [string, object, Row?][] = [
    ["a user id of NaN", { userId: ({ number }: Row) => Number(number) }],
    ["one without an end", { userId: () => Number.POSITIVE_INFINITY }],
    ["one that JSON has rounded", { userId: ({ number }: Row) => number }, { number: Number("12345678901234567890") }],
    ["one with a fraction", { userId: () => 1.5 }],
    ["a promise of one", { userId: async () => "ada" }],
    ["a promise of one that fails", { userId: () => Promise.reject(new Error("injected")) }],
    ["a promise of a time that fails", { createdAt: () => Promise.reject(new Error("injected")) }],
    ["a promise of data", { data: async (data: Row) => data }],
    ["a Map of data", { data: (data: Row) => new Map(Object.entries(data)) }],
    ["a list of data", { data: () => [1] }],
  ];
  test.each(odd)("B133: %s", async (_, source, data = {}) => {
    const { visitor, old, refusals } = setUp({}, source);
    const { status, result } = await visitor("ada", { data }).visit((session) => [session.userId, session.isNew]);
    expect([status, result, old.rows.size, refusals()]).toEqual([200, [undefined, true], 1, ["schema"]]);
  });

  test("B130: a number that is exact is a user id, and data without a prototype is data", async () => {
    const source = { userId: () => 2 ** 53 - 1, data: () => Object.assign(Object.create(null), { cart: 7 }) };
    const { visitor } = setUp({}, source);
    const { result } = await visitor("ada").visit((session) => [session.userId, session.get("cart")]);
    expect(result).toEqual(["9007199254740991", 7]);
  });
});

describe("B130: a row is live as long as it is in express-session", () => {
  const cookies: [string, object][] = [
    ["expires: false", { originalMaxAge: null, expires: false }],
    ["expires: null", { originalMaxAge: null, expires: null }],
    ["no attributes", {}],
    ["the last day that there is", { originalMaxAge: 8.64e15, expires: new Date(8.64e15) }],
    ["a life without an end", { originalMaxAge: 1e308, expires: null }],
  ];
  const stores = {
    memory: () => memoryStore(),
    sqlite: () => sqliteStore({ path: ":memory:" }),
    file: () => fileStore({ path: folder() }),
  };
  const all = cookies.flatMap(([what, cookie]) =>
    Object.entries(stores).map(([name, store]) => [what, name, cookie, store] as const),
  );
  test.each(all)("B130: %s, with the %s store, and it does not come back", async (_what, _name, cookie, store) => {
    const { visitor, old, sessions } = setUp({ store: store() });
    const ada = visitor("ada");
    const copy = ada.copy();
    const row = JSON.stringify({ cookie, user: "ada" });
    old.rows.set(ada.sid, row);
    expect(await who(ada)).toBe("ada");
    expect((await ada.visit((session) => session.destroy())).status).toBe(200);
    old.rows.set(ada.sid, row);
    expect(await who(copy)).toBeUndefined();
    await sessions.close();
  });
});

test("B132: a lifetime shorter than that of the rows is said once", async () => {
  const { visitor, observer } = setUp({}, { lifetime: "30d" });
  expect(await who(visitor("ada", { maxAge: 30 * day }))).toBe("ada");
  expect(observer.of("warning")).toEqual([]);
  for (const user of ["bob", "cyd"]) expect(await who(visitor(user, { maxAge: 90 * day }))).toBe(user);
  const warnings = observer.of("warning");
  expect(warnings).toMatchObject([{ code: "LEGACY_LIFETIME", message: expect.stringContaining("lifetime") }]);
});

test.each<[string, unknown]>([
  ["a DataView", new DataView(new ArrayBuffer(8))],
  ["numbers of 16 bits", new Uint16Array([300, 301])],
  ["no bytes", new Uint8Array()],
])("B133: a secret of %s is refused", (_, secret) => {
  const make = () => fromExpressSession({ secret: secret as string, store: new OldRows() });
  expect(make).toThrow(/secret must be the old library's own, as a text or bytes/);
});

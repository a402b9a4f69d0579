import { createSessions, type Sessions } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { describe, expect, it } from "vitest";
import { Browser } from "../support/browser/visitor.ts";
import { spyOn } from "../support/stores/spy.ts";

type Data = Record<string, unknown>;

class Plan {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

const types = {
  plan: {
    test: (value: unknown): value is Plan => value instanceof Plan,
    encode: (plan: Plan) => plan.name,
    decode: (name: string) => new Plan(name),
  },
};

async function signIn(sessions: Sessions<Data>, data: Data): Promise<string> {
  const { result } = await new Browser(sessions).visit(async (session) => {
    for (const [key, value] of Object.entries(data)) session.set(key, value);
    await session.login("ann");
    return session.id;
  });
  return result!;
}

describe("B143: the data of listed sessions", () => {
  it("is what was asked for, and nothing else", async () => {
    const store = spyOn(memoryStore());
    const sessions = createSessions<Data>({ store, types });
    const id = await signIn(sessions, { device: "Firefox", plan: new Plan("pro"), secret: "s" });
    const bare = await signIn(sessions, { secret: "s" });
    store.calls.length = 0;
    const keys = ["device", "plan", "__proto__", "toString"];
    const { sessions: all } = await sessions.list({ userId: "ann", keys });
    expect(all.find((one) => one.id === id)?.data).toEqual({ device: "Firefox", plan: new Plan("pro") });
    expect(all.find((one) => one.id === bare)?.data).toEqual({});
    expect((await sessions.find(id, { keys: ["device"] }))?.data).toEqual({ device: "Firefox" });
    expect(store.calls).toEqual(["list", "read"]);
    await new Browser(sessions).visit(async (session) => {
      await session.login("ann");
      const own = await sessions.of(session).list({ keys });
      expect(own.sessions.map(({ data }) => data?.device)).toContain("Firefox");
    });
  });

  it("is absent where nobody asked", async () => {
    const sessions = createSessions<Data>({ store: memoryStore() });
    const id = await signIn(sessions, { device: "Firefox" });
    expect(await sessions.find(id)).not.toHaveProperty("data");
    const { sessions: all } = await sessions.list({ anyUser: true });
    expect(all[0]).not.toHaveProperty("data");
  });

  it("leaves out a value that this version cannot decode", async () => {
    const store = memoryStore();
    const id = await signIn(createSessions<Data>({ store, types }), { device: "Firefox", plan: new Plan("pro") });
    const older = createSessions<Data>({ store });
    expect((await older.find(id, { keys: ["device", "plan"] }))?.data).toEqual({ device: "Firefox" });
  });

  it.each([["device"], [[1]], [{}], [null]])("refuses keys that are no list of strings: %j", async (wrong) => {
    const sessions = createSessions<Data>({ store: memoryStore() });
    const keys = wrong as string[];
    await expect(sessions.find("x", { keys })).rejects.toThrow(TypeError);
    await expect(sessions.list({ anyUser: true, keys })).rejects.toThrow("list() takes keys as a list of strings");
    await expect(sessions.list({ anyUser: true, key: ["a"] } as never)).rejects.toThrow("keys");
  });
});

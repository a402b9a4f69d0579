import { createSessions as createWithDefaults, generateKey } from "coatcheck";
import { bearer, cookie, createSealedSessions, createSessions } from "coatcheck/core";
import { cookieStore } from "coatcheck/stores/cookie";
import { memoryStore } from "coatcheck/stores/memory";
import { describe, expect, expectTypeOf, test } from "vitest";

interface Visit {
  views: number;
}
const keys = generateKey();

describe("coatcheck/core has no defaults:", () => {
  test("stored sessions travel by the transport that is given, to managers of both doors", async () => {
    const store = memoryStore();
    const sessions = createSessions<Visit>({ store, transports: [bearer()] });
    const issued = await sessions.issue({ data: { views: 1 } });
    const other = createWithDefaults<Visit>({ store, transports: [bearer()] });
    for (const manager of [sessions, other]) {
      const headers = new Headers({ authorization: `Bearer ${issued.token}` });
      const { session } = await manager.open(new Request("https://shop.example/", { headers }));
      expect(session.get("views")).toBe(1);
      await manager.close();
    }
  });

  test("sealed sessions need no store of records", async () => {
    const sessions = createSealedSessions<Visit>({ store: cookieStore({ keys }), transports: [cookie()] });
    const { session, commit } = await sessions.open(new Request("https://shop.example/"));
    session.set("views", 1);
    const edits = await commit({ status: 200 });
    expect(edits.find(({ kind }) => kind === "cookie")?.name).toBe("__Host-session");
    expectTypeOf(sessions).not.toHaveProperty("prune");
  });

  test.each([
    ["no store", () => createSessions({ transports: [cookie()] } as never), "set both"],
    ["no transports", () => createSessions({ store: memoryStore() } as never), "set both"],
    ["an empty list of transports", () => createSessions({ store: memoryStore(), transports: [] }), "at least one"],
    [
      "a sealed store where records are meant",
      () => createSessions({ store: cookieStore({ keys }), transports: [cookie()] } as never),
      "createSealedSessions()",
    ],
    [
      "a store of records where sealed sessions are meant",
      () => createSealedSessions({ store: memoryStore(), transports: [cookie()] } as never),
      "createSessions()",
    ],
  ])("%s is refused", (_, create, sentence) => {
    expect(create).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining(sentence) }),
    );
  });
});

import { createSessions } from "coatcheck";
import { adminHandler, devicesHandler, type PageHandler } from "coatcheck/admin";
import { memoryStore } from "coatcheck/stores/memory";
import { describe, expect, onTestFinished, test } from "vitest";
import { createJar } from "../../../src/testing/cookie-jar.ts";
import { PageVisitor, type Shown } from "../../support/operations/page-visitor.ts";
import { patient } from "../../support/stores/stores.ts";

interface Data {
  role: string;
}

function setUp() {
  const sessions = createSessions<Data>({ ...patient, store: memoryStore(), pruneInterval: false });
  onTestFinished(() => sessions.close());
  const signIn = async (userId: string, page: PageHandler<Data>, role = "none") => {
    const { cookie, id } = await sessions.issue({ userId, secure: true, data: { role } });
    const jar = createJar();
    jar.store("https://shop.test/", [`${cookie}; Secure; Path=/`]);
    return Object.assign(new PageVisitor((request) => sessions.handle(request, page), "/page", jar), { id });
  };
  const authorize = (request: object) => sessions.get(request).get("role") === "operator";
  return { sessions, signIn, operators: adminHandler(sessions, { authorize }) };
}

/** Sends half of a form, and the rest once `meanwhile` is over, which begins when the first half was read. */
async function slowly(
  visitor: PageVisitor,
  fields: Record<string, string>,
  meanwhile: () => Promise<unknown>,
): Promise<Shown> {
  const form = new TextEncoder().encode(new URLSearchParams({ _csrf: await visitor.token(), ...fields }).toString());
  const halves = [form.slice(0, 20), form.slice(20)];
  let isRead = false;
  const body = new ReadableStream<Uint8Array>({
    async pull(stream) {
      if (isRead) await meanwhile();
      const half = halves.shift();
      if (half) stream.enqueue(half);
      else stream.close();
      isRead = halves.length === 1;
    },
  });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return visitor.ask("", { method: "POST", headers, body, duplex: "half" } as RequestInit);
}

describe("a form that arrives slowly", () => {
  test("B181: signs out no device if its own session was ended meanwhile", async () => {
    const { sessions, signIn } = setUp();
    const page = devicesHandler(sessions);
    const owner = await signIn("ann", page);
    for (const end of ["others", owner.id]) {
      const thief = await signIn("ann", page);
      const { status } = await slowly(thief, { end }, () => sessions.revoke(thief.id, { userId: "ann" }));
      expect(status).toBe(401);
    }
    expect((await sessions.list({ userId: "ann" })).sessions.map(({ id }) => id)).toEqual([owner.id]);
  });

  test("B181: signs out devices if its session is still there", async () => {
    const { sessions, signIn } = setUp();
    const page = devicesHandler(sessions);
    const [owner, other] = [await signIn("ann", page), await signIn("ann", page)];
    const change = () => sessions.edit(owner.id, (session) => session.set("role", "changed"));
    expect((await slowly(owner, { end: other.id }, change)).status).toBe(303);
    expect(await sessions.find(other.id)).toBeUndefined();
  });

  test.each([
    ["session was ended", (sessions, id) => sessions.revoke(id, { anyUser: true })],
    ["role was taken away", (sessions, id) => sessions.edit(id, (session) => session.set("role", "none"))],
  ] as [string, (sessions: ReturnType<typeof setUp>["sessions"], id: string) => Promise<unknown>][])(
    "B188: ends nothing for an operator whose %s meanwhile",
    async (_, fire) => {
      const { sessions, signIn, operators } = setUp();
      const { id } = await signIn("ann", operators);
      for (const fields of [{ session: id }, { user: "ann" }, { all: "end", confirm: "session" }]) {
        const operator = await signIn("root", operators, "operator");
        expect((await slowly(operator, fields, () => fire(sessions, operator.id))).status).toBe(404);
      }
      expect(await sessions.find(id)).toBeDefined();
    },
  );
});

import { Agent } from "node:http";
import { createSessions, generateKey, type SessionError } from "coatcheck";
import { withCurrent } from "coatcheck/async-context";
import { listener } from "coatcheck/node";
import { cookieStore } from "coatcheck/stores/cookie";
import { memoryStore } from "coatcheck/stores/memory";
import { describe, expect, onTestFinished, test } from "vitest";
import { entries } from "../support/adapters/entries.ts";
import { ask, serve } from "../support/adapters/node.ts";
import { Browser } from "../support/browser/visitor.ts";

type Data = { [key: string]: unknown };

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
const stored = (name = "session") => withCurrent(createSessions<Data>({ name, store: memoryStore() }));

describe.each(Object.entries(entries))("%s", (_, adapter) => {
  test("code without the request at hand finds the session of its request, and of each manager", async () => {
    const [visits, prefs] = [stored("visits"), stored("prefs")];
    /** Knows no request. */
    const addToCart = async (item: string): Promise<void> => {
      await sleep(Math.random() * 10);
      visits.current().set("cart", item);
      await new Promise<void>((resolve) => setImmediate(resolve));
      prefs.current().set("last", item);
    };
    let arrived = 0;
    const answer = async (item: string): Promise<{ body: string }> => {
      // So that all are under way at once.
      arrived++;
      for (let waited = 0; arrived < 4 && waited < 1000; waited++) await sleep(1);
      await addToCart(item);
      return { body: "ok" };
    };
    const items = ["hat", "coat", "scarf", "umbrella"];
    const app = Object.fromEntries(
      items.map((item) => [
        `/${item}`,
        async (exchange: { session(sessions: typeof visits): object }) => {
          expect(visits.current()).toBe(exchange.session(visits));
          expect(prefs.current()).toBe(exchange.session(prefs));
          return answer(item);
        },
      ]),
    );
    const served = await adapter.serve([visits, prefs], app as never);
    onTestFinished(() => served.close());
    const secure = served.url.startsWith("https");
    // Some with a session that has to be loaded first, some without.
    const known = await Promise.all([visits.issue({ secure }), visits.issue({ secure })]);
    const answers = await Promise.all(
      items.map(async (item, at) => {
        const { cookie = "" } = known[at] ?? {};
        const answer = await adapter.request(`${served.url}/${item}`, { method: "GET", headers: { cookie } });
        return answer.text();
      }),
    );
    expect(answers).toEqual(["ok", "ok", "ok", "ok"]);
    const { sessions } = await visits.list({ anyUser: true });
    const kept = await Promise.all(sessions.map(({ id }) => visits.edit(id, (session) => session.get("cart"))));
    expect(kept.toSorted()).toEqual(items.toSorted());
    expect(await prefs.count()).toBe(4);
    expect(visits.tryCurrent()).toBeUndefined();
  });
});

test("handle() and edit() have theirs, also one inside the other", async () => {
  const sessions = stored();
  const { id } = await sessions.issue({ data: { name: "job" } });
  const { result } = await new Browser(sessions).visit(async (session) => {
    session.set("name", "visitor");
    const name = () => sessions.current().get("name");
    const inner = await sessions.edit(id, async () => {
      await sleep(1);
      return name();
    });
    return [name(), inner, name()];
  });
  expect(result).toEqual(["visitor", "job", "visitor"]);
});

test("run() gives a session to what lost it", async () => {
  const sessions = stored();
  const { result } = await new Browser(sessions).visit((session) =>
    sessions.run(session, () => sessions.current() === session),
  );
  expect(result).toBe(true);
});

test("outside of a request there is none, and the error says what to do", () => {
  const sessions = stored();
  expect(sessions.tryCurrent()).toBeUndefined();
  expect(() => sessions.current()).toThrow(/sessions\.run\(session, fn\)/);
  try {
    sessions.current();
  } catch (error) {
    expect((error as SessionError).code).toBe("SESSION_NOT_MOUNTED");
  }
});

test("the next request on a connection that is kept alive does not find the one before it", async () => {
  const sessions = stored();
  const withSession = listener(sessions, (_req, res) => res.end(sessions.current().isNew ? "new" : "known"));
  const served = await serve((req, res) => {
    if (req.url === "/") withSession(req, res);
    else res.end(sessions.tryCurrent() ? "somebody's" : "nobody's");
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(async () => {
    agent.destroy();
    await served.close();
  });
  const { cookie } = await sessions.issue();
  const bodies: string[] = [];
  for (const [path, headers] of [
    ["/", { cookie }],
    ["/bare", {}],
    ["/", {}],
    ["/bare", {}],
  ] as const) {
    bodies.push((await ask(served.url + path, { agent, headers })).body);
  }
  expect(bodies).toEqual(["known", "nobody's", "new", "nobody's"]);
});

test("a manager of sealed cookies stays one", async () => {
  const store = cookieStore({ keys: generateKey() });
  const sessions = withCurrent(createSessions<Data>({ store }));
  expect("edit" in sessions).toBe(false);
  // @ts-expect-error there is nothing on the server to edit
  expect(sessions.edit).toBeUndefined();
  const { result } = await new Browser(sessions).visit(() => sessions.current().set("views", 1).get("views"));
  expect(result).toBe(1);
});

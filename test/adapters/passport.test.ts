import { createSessions, type Sessions } from "coatcheck";
import { session as expressSession } from "coatcheck/express";
import { type PassportOptions, type PassportSession, session } from "coatcheck/passport";
import { memoryStore } from "coatcheck/stores/memory";
import express, { type Request } from "express";
import express4 from "express4";
import passport from "passport";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { type Served, serve } from "../support/adapters/node.ts";
import { spyOn } from "../support/stores/spy.ts";

interface Visit {
  cart: string[];
  messages: string[];
  returnTo: string;
  passport: { user?: unknown };
}
interface User {
  id: string;
}

/** Lets in whoever says who they are. */
class ByName extends passport.Strategy {
  override name = "name";
  override authenticate(req: Request): void {
    const { name } = req.query;
    if (typeof name === "string") this.success({ id: name });
    else this.fail({ message: "Who are you?" } as never, 401);
  }
}

const facade = (req: object): PassportSession => (req as { session: PassportSession }).session;

async function start(
  sessions: Sessions<Visit>,
  options: PassportOptions & { framework?: typeof express; serialize?: (user: User) => unknown } = {},
): Promise<Served> {
  const { framework = express, serialize = (user: User) => user.id, ...rest } = options;
  const own = new passport.Passport();
  own.use(new ByName());
  own.serializeUser((user, done) => done(null, serialize(user as User)));
  own.deserializeUser((id, done) => done(null, id === "nobody" ? false : ({ id } as never)));
  const app = framework().set("env", "test");
  app.use(session(sessions, rest), own.session());
  const choices = { failureRedirect: "/again", failureMessage: true };
  app.get("/login", own.authenticate("name", { ...choices, successReturnToOrRedirect: "/" }));
  app.get("/login/keeping", own.authenticate("name", { ...choices, successRedirect: "/", keepSessionInfo: true }));
  app.get("/logout", (req, res, next) => req.logout((error) => (error ? next(error) : res.redirect("/"))));
  app.get("/logout/keeping", (req, res, next) =>
    req.logout({ keepSessionInfo: true }, (error) => (error ? next(error) : res.redirect("/"))),
  );
  app.get("/cart", (req, res) => {
    const cart = (facade(req).cart ?? []) as string[];
    facade(req).cart = [...cart, String(req.query.add)];
    res.json(facade(req).cart);
  });
  app.get("/secret", (req, res) => {
    facade(req).returnTo = req.originalUrl;
    res.redirect("/login");
  });
  app.get("/destroy", (req, res, next) => void facade(req).destroy((error) => (error ? next(error) : res.json({}))));
  app.get("/", (req, res) => {
    const visit = sessions.get(req);
    const user = req.user as User | undefined;
    res.json({ user: user?.id, userId: visit.userId, data: visit.toObject(), shown: { ...facade(req) } });
  });
  const served = await serve(app);
  onTestFinished(() => served.close());
  return served;
}

/** A browser with one cookie, which follows no redirect. */
class Browser {
  readonly #url: string;
  cookie = "";

  constructor({ url }: Served) {
    this.#url = url.replace("localhost", "127.0.0.1");
  }

  async get(path: string): Promise<{ status: number; to: string | null; body: string }> {
    const answer = await fetch(this.#url + path, { headers: { cookie: this.cookie }, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) this.cookie = line.split(";")[0] ?? "";
    return { status: answer.status, to: answer.headers.get("location"), body: await answer.text() };
  }

  async look(): Promise<{ user?: string; userId?: string; data: Partial<Visit>; shown: Partial<Visit> }> {
    return JSON.parse((await this.get("/")).body);
  }
}

const setUp = () => {
  const store = spyOn(memoryStore());
  return { store, sessions: createSessions<Visit>({ store, pruneInterval: false }) };
};

afterEach(() => vi.restoreAllMocks());

describe.each([
  ["Express 5", express],
  ["Express 4", express4 as typeof express],
])("passport on %s", (_, framework) => {
  test("passport signs in under a new token, and empties what was there", async () => {
    const { sessions } = setUp();
    const ada = new Browser(await start(sessions, { framework }));
    await ada.get("/cart?add=hat");
    const before = ada.cookie;
    expect(await ada.get("/login?name=ada")).toMatchObject({ status: 302, to: "/" });
    expect(await ada.look()).toEqual({
      user: "ada",
      userId: "ada",
      data: { passport: { user: "ada" } },
      shown: { passport: { user: "ada" } },
    });
    const thief = Object.assign(new Browser(await start(sessions, { framework })), { cookie: before });
    expect(await thief.look()).toEqual({ data: {}, shown: {} });
  });

  test("keepSessionInfo keeps what was there, over login, change of user and logout", async () => {
    const { sessions } = setUp();
    const ada = new Browser(await start(sessions, { framework }));
    await ada.get("/cart?add=hat");
    await ada.get("/login/keeping?name=ada");
    expect(await ada.look()).toMatchObject({ user: "ada", data: { cart: ["hat"] } });
    await ada.get("/login/keeping?name=bob");
    expect(await ada.look()).toMatchObject({ user: "bob", userId: "bob", data: { cart: ["hat"] } });
    expect((await sessions.list({ userId: "ada" })).sessions).toEqual([]);
    await ada.get("/logout/keeping");
    expect(await ada.look()).toEqual({
      data: { cart: ["hat"], passport: {} },
      shown: { cart: ["hat"], passport: {} },
    });
  });

  test("B9: logout ends the session in the store, also for a copied cookie", async () => {
    const { sessions } = setUp();
    const ada = new Browser(await start(sessions, { framework }));
    await ada.get("/login?name=ada");
    const { cookie } = ada;
    expect(await ada.get("/logout")).toMatchObject({ status: 302 });
    expect(await sessions.count()).toBe(0);
    ada.cookie = cookie;
    expect(await ada.look()).toEqual({ data: {}, shown: {} });
  });

  test("passport keeps the page to return to, and messages for those who were not let in", async () => {
    const { sessions } = setUp();
    const ada = new Browser(await start(sessions, { framework }));
    expect(await ada.get("/login")).toMatchObject({ status: 302, to: "/again" });
    await ada.get("/login");
    expect((await ada.look()).data.messages).toEqual(["Who are you?", "Who are you?"]);
    await ada.get("/secret");
    expect((await ada.look()).data.returnTo).toBe("/secret");
    expect(await ada.get("/login?name=ada")).toMatchObject({ to: "/" });
  });

  test("passport forgets a user who is no more", async () => {
    const { sessions } = setUp();
    const nobody = new Browser(await start(sessions, { framework }));
    await nobody.get("/login?name=nobody");
    expect(await nobody.look()).toMatchObject({ data: { passport: {} } });
  });
});

test("passport's serialized user id lists and revokes sessions", async () => {
  const { sessions } = setUp();
  const served = await start(sessions);
  const [desk, phone] = [new Browser(served), new Browser(served)];
  await desk.get("/login?name=ada");
  await phone.get("/login?name=ada");
  expect((await sessions.list({ userId: "ada" })).sessions).toHaveLength(2);
  expect(await sessions.revokeAll("ada")).toBe(2);
  expect(await phone.look()).toEqual({ data: {}, shown: {} });
});

test.each<[string, (user: User) => unknown, PassportOptions, string | undefined]>([
  ["an object with an id", ({ id }) => ({ id: 17, name: id }), {}, "17"],
  ["an object without", ({ id }) => ({ name: id }), {}, undefined],
  ["a number", () => 17, {}, "17"],
  ["what the application says", ({ id }) => ({ sub: id }), { userId: (one) => (one as { sub: string }).sub }, "ada"],
])("the user id of %s", async (_, serialize, options, userId) => {
  const { sessions } = setUp();
  const ada = new Browser(await start(sessions, { ...options, serialize }));
  await ada.get("/login?name=ada");
  expect((await ada.look()).userId).toBe(userId);
  await ada.get("/logout");
  expect(await ada.look()).toEqual({ data: {}, shown: {} });
});

test("destroy(cb) ends the session", async () => {
  const { sessions } = setUp();
  const ada = new Browser(await start(sessions));
  await ada.get("/cart?add=hat");
  expect((await ada.get("/destroy")).status).toBe(200);
  expect(await sessions.count()).toBe(0);
});

test("B24: a login that cannot be stored goes through the error handlers, and nothing of it stays", async () => {
  const { store, sessions } = setUp();
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const ada = new Browser(await start(sessions));
  await ada.get("/cart?add=hat");
  const { cookie } = ada;
  store.fail("replace", "before", 10);
  expect((await ada.get("/login/keeping?name=ada")).status).toBe(503);
  expect(ada.cookie).toBe(cookie);
  expect(await ada.look()).toMatchObject({ data: { cart: ["hat"] } });
});

test("requests that are left out have no user, and cannot write", async () => {
  const sessions = createSessions<Visit>({ store: memoryStore(), skip: ({ url }) => url.startsWith("/cart") });
  const ada = new Browser(await start(sessions));
  expect((await ada.get("/cart?add=hat")).status).toBe(500);
  expect((await ada.get("/login?name=ada")).status).toBe(302);
  expect((await ada.look()).user).toBe("ada");
});

test("another session at req.session is refused with a message that helps; mounting twice is none", async () => {
  const { sessions } = setUp();
  const answers: unknown[] = [];
  for (const first of [expressSession(sessions), session(sessions)]) {
    const app = express().set("env", "test");
    app.use(first, session(sessions), (_req, res) => void res.json({}));
    app.use(((error, _req, res, _next) => void res.json({ message: error.message })) as express.ErrorRequestHandler);
    const served = await serve(app);
    onTestFinished(() => served.close());
    answers.push(JSON.parse((await new Browser(served).get("/")).body));
  }
  expect(answers).toEqual([{ message: expect.stringContaining('{ as: "prefs" }') }, {}]);
});

test("what is not data is neither shown, nor taken, nor overwritten", async () => {
  const { sessions } = setUp();
  const app = express();
  app.use(session(sessions), (req, res) => {
    const own = facade(req);
    own.__proto__x = 1;
    const refusals = ["save", "regenerate", "destroy", Symbol("mine")].flatMap((name) =>
      [Reflect.set, Reflect.deleteProperty, Reflect.defineProperty].map((change) => {
        try {
          return change(own, name, { value: 1 });
        } catch (error) {
          return (error as Error).name;
        }
      }),
    );
    const { length } = Object.keys(own);
    res.json({ refusals, length, has: "save" in own, missing: "cart" in own, text: `${own}` });
  });
  const served = await serve(app);
  onTestFinished(() => served.close());
  expect(JSON.parse((await new Browser(served).get("/")).body)).toEqual({
    refusals: Array.from({ length: 12 }, () => "TypeError"),
    length: 1,
    has: true,
    missing: false,
    text: "[object Object]",
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import session, { type SessionStore } from "coatcheck/express-session";
import { afterAll, afterEach, expect, test } from "vitest";
import { type App, Client, type Handler, start } from "../../support/express-session/apps.ts";

// By require, as the applications do that use them.
const require = createRequire(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "coatcheck-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

const open: App[] = [];
afterEach(() => Promise.all(open.splice(0).map((app) => app.close())));

async function begin(store: SessionStore | undefined, ...handlers: Handler[]): Promise<App> {
  const app = await start("ours", { store, resave: false, saveUninitialized: false }, ...handlers);
  open.push(app);
  return app;
}

const stores: [string, () => SessionStore][] = [
  ["memorystore", () => new (require("memorystore")(session))({})],
  ["session-file-store", () => new (require("session-file-store")(session))({ path: folder, reapInterval: -1 })],
];

test.each(stores)("%s is built on Store, and keeps sessions", async (_, make) => {
  const app = await begin(make(), (req, res) => {
    req.session.views = (req.session.views ?? 0) + 1;
    if (req.path !== "/logout") return res.end(`${req.session.views}`);
    return req.session.destroy(() => res.end("bye"));
  });
  const client = new Client();
  const bodies = [];
  for (const path of ["/", "/", "/logout", "/"]) bodies.push((await client.get(app, path)).body);
  expect(bodies).toEqual(["1", "2", "bye", "1"]);
});

test("connect-flash keeps messages for the next request, once", async () => {
  const flash: () => Handler = require("connect-flash");
  const app = await begin(undefined, flash(), (req, res) => {
    const messages = (req as unknown as { flash(kind: string, text?: string): unknown }).flash;
    if (req.path === "/say") Reflect.apply(messages, req, ["info", "saved"]);
    res.json(req.path === "/say" ? [] : Reflect.apply(messages, req, ["info"]));
  });
  const client = new Client();
  await client.get(app, "/say");
  expect((await client.get(app)).body).toBe('["saved"]');
  expect((await client.get(app)).body).toBe("[]");
});

test("passport signs in with a new id, and out", async () => {
  const { Passport } = require("passport");
  const passport = new Passport();
  passport.serializeUser((user: { id: string }, done: (error: null, id: string) => void) => done(null, user.id));
  passport.deserializeUser((id: string, done: (error: null, user: object) => void) => done(null, { id }));
  const app = await begin(undefined, passport.session(), (req, res, next) => {
    const visit = req as unknown as {
      user?: { id: string };
      login(user: object, done: (error?: unknown) => void): void;
      logout(done: (error?: unknown) => void): void;
    };
    const done = (error?: unknown): void => (error ? next(error) : void res.end(req.sessionID));
    if (req.path === "/begin") req.session.views = 1;
    if (req.path === "/login") visit.login({ id: "ada" }, done);
    else if (req.path === "/logout") visit.logout(done);
    else if (req.path === "/who") res.end(String(visit.user?.id));
    else done();
  });
  const client = new Client();
  const before = (await client.get(app, "/begin")).body;
  const after = (await client.get(app, "/login")).body;
  expect(after).not.toBe(before);
  expect((await client.get(app, "/who")).body).toBe("ada");
  await client.get(app, "/logout");
  expect((await client.get(app, "/who")).body).toBe("undefined");
  expect(app.errors).toEqual([]);
});

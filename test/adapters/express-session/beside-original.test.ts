import { createHmac } from "node:crypto";
import session from "coatcheck/express-session";
import { afterEach, describe, expect, test } from "vitest";
import {
  type App,
  Client,
  cookiesOf,
  type Handler,
  type Maker,
  original,
  start,
} from "../../support/express-session/apps.ts";

const open: App[] = [];
afterEach(() => Promise.all(open.splice(0).map((app) => app.close())));

async function begin(...args: Parameters<typeof start>): Promise<App> {
  const app = await start(...args);
  open.push(app);
  return app;
}

const count: Handler = (req, res) => {
  req.session.views = (req.session.views ?? 0) + 1;
  res.end(`${req.sessionID} ${req.session.views}`);
};

describe.each([
  ["the original's MemoryStore", () => new original.MemoryStore()],
  ["our MemoryStore", () => new session.MemoryStore()],
])("on %s", (_, makeStore) => {
  test("a visitor served by turns by the original and ours keeps the session", async () => {
    const store = makeStore();
    const options = { store, resave: false, saveUninitialized: false, cookie: { maxAge: 60_000 } };
    const apps = [await begin("original", options, count), await begin("ours", options, count)];
    const client = new Client();
    const bodies: string[] = [];
    for (let turn = 0; turn < 6; turn++) bodies.push((await client.get(apps[turn % 2]!)).body);
    const [id] = bodies[0]!.split(" ");
    expect(bodies).toEqual([1, 2, 3, 4, 5, 6].map((views) => `${id} ${views}`));
    // And begun by ours: a rollback.
    const other = new Client();
    expect((await other.get(apps[1]!)).body).toMatch(/ 1$/);
    expect((await other.get(apps[0]!)).body).toMatch(/ 2$/);
  });
});

test("rows have the same members, in the same order", async () => {
  const rows: string[] = [];
  for (const maker of ["original", "ours"] as const) {
    const store = new original.MemoryStore();
    const cookie = { maxAge: 60_000, sameSite: "lax", domain: "localhost", partitioned: true } as const;
    const app = await begin(maker, { store, cookie, resave: false, saveUninitialized: false }, count);
    await new Client().get(app);
    const [row = ""] = Object.values(store.sessions);
    rows.push(row.replace(/"[\d-]+T[\d:.]+Z"/, '"…"').replace(/59999/, "60000"));
  }
  expect(rows[0]).toContain('"originalMaxAge":60000');
  expect(rows[1]).toBe(rows[0]);
});

test("the cookie is s:, the id, and HMAC-SHA256 of the id in base64 without padding", async () => {
  const ids = ["apple", "%", "a.b", "ü"];
  for (const id of ids) {
    const lines = [];
    for (const maker of ["original", "ours"] as const) {
      const app = await begin(maker, { genid: () => id, resave: false, saveUninitialized: true });
      lines.push(cookiesOf(await new Client().get(app))[0]);
    }
    const mac = createHmac("sha256", "keyboard cat").update(id).digest("base64").replace(/=+$/, "");
    expect(lines[1]).toBe(`connect.sid=${encodeURIComponent(`s:${id}.${mac}`)}; Path=/; HttpOnly`);
    expect(lines[1]).toBe(lines[0]);
  }
});

const handlers: Record<string, Handler> = {
  reads: (_req, res) => void res.end(),
  writes: count,
  "writes once": (req, res) => {
    req.session.user ??= { name: "Ada" };
    res.end();
  },
  "writes a cookie further in": (req, res) => {
    req.session.user = { name: "Ada", cookie: (req.session.user?.cookie ?? 0) + 1 };
    res.end();
  },
  "unsets it": (req, res) => {
    Reflect.set(req, "session", null);
    res.end();
  },
  "saves it": (req, res) => {
    req.session.views = 1;
    req.session.save(() => res.end());
  },
  "saves it unchanged": (req, res) => void req.session.save(() => res.end()),
  "reloads it": (req, res) => void req.session.reload(() => res.end()),
  "regenerates it": (req, res) => void req.session.regenerate(() => res.end()),
  "regenerates and writes": (req, res) => {
    req.session.regenerate(() => {
      req.session.views = 7;
      res.end();
    });
  },
  "destroys it": (req, res) => void req.session.destroy(() => res.end()),
  "lets it last longer": (req, res) => {
    req.session.cookie.maxAge = 120_000;
    res.end();
  },
};

const flags = [true, false];
const optionSets = flags.flatMap((resave) =>
  flags.flatMap((saveUninitialized) =>
    flags.flatMap((rolling) =>
      (["keep", "destroy"] as const).map((unset) => ({ resave, saveUninitialized, rolling, unset })),
    ),
  ),
);

/** What a store and a client see of three visits: a new one, one with a session that has data, and the same handler again. */
async function trace(maker: Maker, options: (typeof optionSets)[number], handler: Handler): Promise<string[]> {
  const seen: string[] = [];
  let ids = 0;
  const store = new original.MemoryStore();
  for (const name of ["set", "touch", "destroy"] as const) {
    const method = Reflect.get(store, name);
    Reflect.set(store, name, (sid: string, ...rest: unknown[]) => {
      seen.push(`${name} ${sid}`);
      return Reflect.apply(method, store, [sid, ...rest]);
    });
  }
  const choose: Handler = (req, res, next) => (req.path === "/begin" ? count(req, res, next) : handler(req, res, next));
  const app = await start(maker, { ...options, store, cookie: { maxAge: 60_000 }, genid: () => `id-${++ids}` }, choose);
  const client = new Client();
  const fresh = new Client();
  for (const [one, path] of [
    [fresh, "/"],
    [fresh, "/"],
    [client, "/begin"],
    [client, "/"],
    [client, "/"],
  ] as const) {
    const answer = await one.get(app, path);
    const sent = cookiesOf(answer).filter((line) => !line.includes("Max-Age=0"));
    seen.push(`${answer.status} ${sent.map((line) => decodeURIComponent(/=([^.]*)/.exec(line)?.[1] ?? "")).join()}`);
  }
  await app.close();
  expect(app.errors).toEqual([]);
  return seen;
}

/** Ours expires the cookie of a session that ended, so the client does not come back with it. Compared until then. */
const ends = new Set(["destroys it", "unsets it"]);

describe.each(Object.keys(handlers))("a handler that %s", (name) => {
  test("makes the store's calls and the cookies of the original, under all options", async () => {
    for (const options of optionSets) {
      const [expected, found] = [
        await trace("original", options, handlers[name]!),
        await trace("ours", options, handlers[name]!),
      ];
      // The last visit differs where the client has lost its cookie, and the destroyed one is not destroyed twice.
      const compared = (lines: string[]) => (ends.has(name) ? [...new Set(lines.slice(0, 4))] : lines);
      expect([options, compared(found)]).toEqual([options, compared(expected)]);
    }
  });
});

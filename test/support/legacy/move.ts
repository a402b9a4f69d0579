import type { SessionEvent, Sessions } from "coatcheck";
import { session } from "coatcheck/express";
import express from "express";
import { type Served, serve } from "../adapters/node.ts";
import { original } from "../express-session/apps.ts";

export const secret = "keyboard cat";

export interface Row {
  [key: string]: unknown;
  user?: string;
  views?: number;
}
type Callback = (error?: unknown, row?: unknown) => void;

/** The memory store of express-session. Not by its types, which change those of every request of Express. */
export interface OldStore {
  readonly sessions: Record<string, string>;
  get(sid: string, callback: Callback): void;
  set(sid: string, row: object, callback: Callback): void;
  destroy(sid: string, callback: Callback): void;
}

type Visit = express.Request & {
  session: Row & { destroy(done: () => void): void; regenerate(done: () => void): void };
};

/** The old version of an application: express-session itself. */
export function oldApp(store: unknown, options: object = {}): Promise<Served> {
  const app = express();
  const cookie = { maxAge: 3_600_000 };
  app.use(original({ secret, store, resave: false, saveUninitialized: false, cookie, ...options } as never) as never);
  app.get("/login/:user", (req, res) => {
    const visit = req as unknown as Visit;
    visit.session.regenerate(() => {
      visit.session.user = req.params.user;
      res.end("welcome");
    });
  });
  app.get("/as/:user", (req, res) => {
    (req as unknown as Visit).session.user = req.params.user;
    res.end("welcome");
  });
  app.get("/logout", (req, res) => (req as unknown as Visit).session.destroy(() => res.end("bye")));
  app.get("/view", (req, res) => {
    const { session: row } = req as unknown as Visit;
    row.views = (row.views ?? 0) + 1;
    res.json(row.views);
  });
  app.get("/", (req, res) => {
    const { user = null, views = 0 } = (req as unknown as Visit).session;
    res.json([user, views]);
  });
  return serve(app);
}

/** The new version of the same application. */
export function newApp(sessions: Sessions<Row>): Promise<Served> {
  const app = express();
  app.use(session(sessions));
  app.get("/login/:user", (req, res) => {
    const visit = sessions.get(req);
    visit.login(req.params.user);
    visit.set("user", req.params.user);
    res.end("welcome");
  });
  app.get("/logout", async (req, res) => {
    await sessions.get(req).destroy();
    res.end("bye");
  });
  app.get("/view", async (req, res) => {
    res.json(await sessions.get(req).update("views", (views = 0) => Number(views) + 1));
  });
  app.get("/set/:key", (req, res) => {
    sessions.get(req).set(req.params.key, true);
    res.end("set");
  });
  app.get("/keys", (req, res) => {
    res.json(sessions.get(req).keys());
  });
  app.get("/", (req, res) => {
    const visit = sessions.get(req);
    res.json([visit.userId ?? null, visit.get("views") ?? 0]);
  });
  const onError: express.ErrorRequestHandler = (error, _req, res, _next) => {
    res.status(error.status ?? 500).end(String(error.code ?? error));
  };
  app.use(onError);
  return serve(app);
}

/** Collects what a manager tells its observer, without what all requests tell. */
export function journal(): { events: SessionEvent[]; observer: (event: SessionEvent) => void } {
  const events: SessionEvent[] = [];
  return { events, observer: (event) => void events.push(event) };
}

export const ofType = <T extends SessionEvent["type"]>(
  events: readonly SessionEvent[],
  type: T,
): Extract<SessionEvent, { type: T }>[] =>
  events.filter((event): event is Extract<SessionEvent, { type: T }> => event.type === type);

import { fileURLToPath } from "node:url";
import { adminHandler, devicesHandler, pageMiddleware } from "coatcheck/admin";
import { session } from "coatcheck/express";
import express, { type ErrorRequestHandler, type Express, type Request } from "express";
import { actions } from "./actions.ts";
import { browsersOf } from "./browsers.ts";
import { renderErrorPage, statusOf } from "./errors.ts";
import { sameOriginOnly, securityHeaders } from "./guard.ts";
import { renderPage } from "./page.ts";
import { plainEndpoints } from "./plain.ts";
import type { Managers } from "./sessions.ts";
import { storeName } from "./stores.ts";

const assets = fileURLToPath(new URL("assets", import.meta.url));

/** A real application has roles. */
const isOperator = ({ session }: Request): boolean => session.userId === "ada";

export function createApp({ visits, prefs, plain, watch }: Managers): Express {
  const store = storeName(visits.policy().store);
  const app = express();
  app.disable("x-powered-by");
  app.use(securityHeaders, sameOriginOnly);

  // Before the sessions: files need none.
  app.use(express.static(assets));
  app.use(plainEndpoints(plain));

  // Two sessions in one request: who you are is kept in the store, what you like in an encrypted cookie.
  app.use(session(visits));
  app.use(session(prefs, { as: "prefs" }));

  app.get("/", async (req, res) => {
    const { session, prefs } = req;
    const [messages] = await Promise.all([
      session.flashes<string>(),
      session.update("views", (views = 0) => views + 1),
    ]);
    const browsers = await browsersOf(visits, session);
    // So that "back" after signing out asks the server again.
    res.set("Cache-Control", "no-store");
    const host = req.get("host") ?? "";
    res.send(renderPage({ session, theme: prefs.get("theme"), messages, browsers, store, host, now: Date.now() }));
  });
  app.all("/devices", pageMiddleware(visits, devicesHandler(visits, { home: "/", signIn: "/" })));
  app.all(
    "/admin",
    pageMiddleware(visits, adminHandler(visits, { authorize: isOperator, keys: ["device"], watch, home: "/" })),
  );
  app.use(actions(visits));

  app.use((_req, res) => void res.status(404).send(renderErrorPage(404)));
  const answerError: ErrorRequestHandler = (error, _req, res, next) => {
    if (res.headersSent) return next(error);
    const status = statusOf(error);
    if (status >= 500) console.error(error);
    res.status(status).set("Cache-Control", "no-store").send(renderErrorPage(status));
  };
  app.use(answerError);
  return app;
}

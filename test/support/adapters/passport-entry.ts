import { Readable } from "node:stream";
import * as core from "coatcheck";
import { session as expressSession } from "coatcheck/express";
import { session } from "coatcheck/passport";
import { memoryStore } from "coatcheck/stores/memory";
import express from "express";
import passport from "passport";
import type { AdapterUnderTest } from "../../../src/testing/adapter/conformance.ts";
import { request, serve } from "./node.ts";

/** One manager is passport's, others are mounted beside it. */
export const passportEntry: AdapterUnderTest = {
  library: { ...core, memoryStore },
  request,
  serve: ([first, ...others], app) => {
    const server = express().set("env", "test");
    if (first) server.use(session(first, { as: first.name === "session" ? "visit" : first.name }));
    for (const sessions of others) server.use(expressSession(sessions, { as: sessions.name }));
    server.use(new passport.Passport().initialize());
    server.use(async (req, res, next) => {
      const handler = app[req.path];
      if (!handler) return next();
      const { status = 200, headers = {}, body = "" } = await handler({ session: (sessions) => sessions.get(req) });
      res.writeHead(status, headers);
      if (typeof body === "string") res.end(body);
      else Readable.from(body).pipe(res);
    });
    return serve(server);
  },
};

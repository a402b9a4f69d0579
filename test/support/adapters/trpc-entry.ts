import { Readable } from "node:stream";
import { initTRPC, TRPCError } from "@trpc/server";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import * as core from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { type NodeMiddleware, session } from "coatcheck/trpc-node";
import type { AdapterUnderTest } from "../../../src/testing/adapter/conformance.ts";
import { request, serve } from "./node.ts";

const codes = { 404: "NOT_FOUND", 500: "INTERNAL_SERVER_ERROR", 503: "SERVICE_UNAVAILABLE" } as const;

/** An error as an application of tRPC throws it. */
function asThrown(cause: Error & { status?: number }): TRPCError {
  return new TRPCError({ code: codes[(cause.status ?? 500) as keyof typeof codes], cause });
}

/**
 * tRPC's standalone server. Its procedures answer in JSON and in their own way, so the suite's handlers stand before them,
 * where tRPC lets middleware in; what they throw, and what a commit throws, tRPC answers.
 */
export const trpcEntry: AdapterUnderTest = {
  library: { ...core, memoryStore },
  request,
  serve: (mounts, app) => {
    const answer: NodeMiddleware = async (req, res, next) => {
      try {
        const handler = app[new URL(req.url ?? "/", "http://localhost").pathname];
        if (!handler) return next();
        const { status = 200, headers = {}, body = "" } = await handler({ session: (sessions) => sessions.get(req) });
        res.writeHead(status, headers);
        if (typeof body === "string") res.end(body);
        else Readable.from(body).pipe(res as NodeJS.WritableStream);
      } catch (error) {
        next(asThrown(error as Error));
      }
    };
    const middleware = mounts
      .map((sessions) => session(sessions, { as: sessions.name }))
      .reduceRight<NodeMiddleware>(
        (inner, mount) => (req, res, next) =>
          mount(req, res, (error) => (error === undefined ? inner(req, res, next) : next(error))),
        answer,
      );
    return serve(createHTTPHandler({ router: initTRPC.create().router({}), middleware }));
  },
};

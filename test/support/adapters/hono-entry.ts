import { getRequestListener } from "@hono/node-server";
import * as core from "coatcheck";
import { session } from "coatcheck/hono";
import { memoryStore } from "coatcheck/stores/memory";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { stream } from "hono/streaming";
import type { AdapterUnderTest } from "../../../src/testing/adapter/conformance.ts";
import { type Listener, request, serve } from "./node.ts";

export const honoEntry: AdapterUnderTest = {
  library: { ...core, memoryStore },
  request,
  serve: (mounts, app) => {
    const server = new Hono();
    for (const sessions of mounts) server.use(session(sessions, { as: sessions.name }));
    for (const [path, handler] of Object.entries(app)) {
      server.get(path, async (c) => {
        const { status = 200, headers = {}, body = "" } = await handler({ session: (sessions) => sessions.get(c) });
        c.status(status as 200);
        for (const [name, value] of Object.entries(headers)) c.header(name, value);
        if (status === 204 || status === 304) return c.body(null);
        if (typeof body === "string") return c.body(body);
        return stream(c, async (output) => {
          for await (const piece of body) await output.write(piece);
        });
      });
    }
    server.onError((error, c) => {
      if (!("status" in error)) console.error(error);
      const { status = 500 } = error as { status?: 500 };
      return c.newResponse(error instanceof HTTPException ? error.message : "failed", status);
    });
    return serve(getRequestListener(server.fetch, { overrideGlobalObjects: false }) as Listener);
  },
};

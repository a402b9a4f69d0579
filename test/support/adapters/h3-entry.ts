import { Readable } from "node:stream";
import * as core from "coatcheck";
import { session } from "coatcheck/h3";
import { memoryStore } from "coatcheck/stores/memory";
import { H3, toNodeHandler } from "h3";
import type { AdapterUnderTest } from "../../../src/testing/adapter/conformance.ts";
import { type Listener, request, serve } from "./node.ts";

export const h3Entry: AdapterUnderTest = {
  library: { ...core, memoryStore },
  request,
  serve: (mounts, app) => {
    const server = new H3({ silent: true });
    for (const sessions of mounts) server.use(session(sessions, { as: sessions.name }));
    for (const [path, handler] of Object.entries(app)) {
      server.get(path, async (event) => {
        const reply = await handler({ session: (sessions) => sessions.get(event) });
        const { status = 200, headers = {}, body = "" } = reply;
        event.res.status = status;
        for (const [name, value] of Object.entries(headers)) event.res.headers.set(name, value);
        return typeof body === "string" ? body : Readable.toWeb(Readable.from(body));
      });
    }
    return serve(toNodeHandler(server) as Listener);
  },
};

// The application with its own sessions, as a process of its own. Prints where it listens.
import { getRequestListener } from "@hono/node-server";
import { createSessions } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { type Listener, serve } from "../../support/adapters/node.ts";
import { startApp } from "./app.ts";
import { served } from "./suite.ts";

const { fetch } = await startApp("dist/own");
const sessions = createSessions<{ [key: string]: unknown }>({
  store: memoryStore(),
  maxSessionsPerUser: 1,
  overflow: "reject",
});
const handle = (request: Request): Promise<Response> =>
  served.run({ mounts: [sessions], app: {} }, () => fetch(request));
console.log((await serve(getRequestListener(handle, { overrideGlobalObjects: false }) as Listener)).url);

import { getRequestListener } from "@hono/node-server";
import * as core from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import type { AdapterUnderTest } from "coatcheck/testing";
import { type Listener, request, serve } from "../../support/adapters/node.ts";
import { startApp } from "./app.ts";
import { served } from "./suite.ts";

const { fetch } = await startApp("dist/suite");

export const entry: AdapterUnderTest = {
  library: { ...core, memoryStore },
  request,
  serve: (mounts, app) => {
    const handle = (request: Request): Promise<Response> => served.run({ mounts, app }, () => fetch(request));
    return serve(getRequestListener(handle, { overrideGlobalObjects: false }) as Listener);
  },
};

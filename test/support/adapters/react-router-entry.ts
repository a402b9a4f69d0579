import { getRequestListener } from "@hono/node-server";
import * as reactRouter from "react-router";
import type { AdapterUnderTest } from "../../../src/testing/adapter/conformance.ts";
import type { Listener } from "./node.ts";
import { type Listen, reactRouterEntry } from "./react-router.ts";

export const listen: Listen = (build) => {
  const handle = reactRouter.createRequestHandler(build, "test");
  return getRequestListener((request) => handle(request), { overrideGlobalObjects: false }) as Listener;
};

export const reactRouterResources: AdapterUnderTest = reactRouterEntry(reactRouter, "resources", listen);
export const reactRouterDocuments: AdapterUnderTest = reactRouterEntry(reactRouter, "documents", listen);

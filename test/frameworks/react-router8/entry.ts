import { createRequestListener } from "@react-router/node";
import type { AdapterUnderTest } from "coatcheck/testing";
import * as reactRouter from "react-router";
import { reactRouterEntry } from "../../support/adapters/react-router.ts";

export const entry: AdapterUnderTest = reactRouterEntry(reactRouter, "resources", (build) =>
  createRequestListener({ build, mode: "test" }),
);

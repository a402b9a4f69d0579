import { randomUUID } from "node:crypto";
import * as core from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import type { AdapterUnderTest } from "coatcheck/testing";
import { request, serve } from "../../support/adapters/node.ts";
import { built } from "./built.ts";
import { suiteHeader, suites } from "./suite.ts";

const handle = await built(new URL(".", import.meta.url));

export const entry: AdapterUnderTest = {
  library: { ...core, memoryStore },
  request,
  serve: async (mounts, app) => {
    const id = randomUUID();
    suites.set(id, { mounts, app });
    return serve((req, res) => {
      req.headers[suiteHeader] = id;
      void handle(req, res);
    });
  },
};

import * as core from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import type { AdapterUnderTest } from "coatcheck/testing";
import { request, serve } from "../../support/adapters/node.ts";
import { buildApp } from "./build.ts";

const start = buildApp("suite");

export const entry: AdapterUnderTest = {
  library: { ...core, memoryStore },
  request,
  serve: async (mounts, app) => {
    globalThis.suite = { mounts, app };
    return serve(await start());
  },
};

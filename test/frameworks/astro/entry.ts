import * as core from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import type { AdapterUnderTest } from "coatcheck/testing";
import { request, serve } from "../../support/adapters/node.ts";
import { buildApp } from "./app.ts";

const listen = await buildApp(".built/suite");

export const entry: AdapterUnderTest = {
  library: { ...core, memoryStore },
  request,
  serve: (mounts, app) => serve(listen({ mounts, app })),
};

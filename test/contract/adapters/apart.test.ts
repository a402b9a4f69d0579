import { beforeAll, describe, expect, it } from "vitest";
import { adapterConformance } from "../../../src/testing/adapter/conformance.ts";
import { entries } from "../../support/adapters/entries.ts";
import { type Apart, runApart } from "../../support/frameworks/apart.ts";

/** Frameworks that run in a process of their own, by name. */
const apart: Readonly<Record<string, Apart>> = {
  "elysia 1 on Bun": { folder: "elysia", runtime: "bun" },
  "h3 1": { folder: "h3-v1", runtime: "node" },
  "h3 1 on made-up responses": { folder: "h3-v1", file: "buffered.ts", runtime: "node" },
  "graphql-yoga 5": { folder: "graphql-yoga", runtime: "node" },
  "nest 12 on express": { folder: "nest", runtime: "node" },
  "nest 12 on fastify": { folder: "nest", file: "fastify.ts", runtime: "node" },
  "next 16": { folder: "next", runtime: "node" },
  "nuxt 4": { folder: "nuxt", runtime: "node22" },
  "react-router 8 documents": { folder: "react-router8", file: "documents.ts", runtime: "node22" },
  "react-router 8 resources": { folder: "react-router8", runtime: "node22" },
  "sveltekit 2": { folder: "sveltekit", runtime: "node" },
  "sveltekit 3": { folder: "sveltekit3", runtime: "node22" },
  "astro 7": { folder: "astro", runtime: "node22" },
  "tanstack-start 1": { folder: "tanstack-start", runtime: "node22" },
};

const [anyAdapter] = Object.values(entries);
describe.each(Object.entries(apart))("%s", (_, framework) => {
  let results = new Map<string, string | undefined>();
  beforeAll(async () => {
    results = await runApart(framework);
  });

  for (const { title } of adapterConformance(anyAdapter!)) {
    it(title, () => {
      if (!results.has(title)) expect.fail("The process ended before this case was run.");
      const failure = results.get(title);
      if (failure !== undefined) expect.fail(failure);
    });
  }
});

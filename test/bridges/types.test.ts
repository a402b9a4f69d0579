import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/package/manifest.ts";
import { parsePage } from "../support/package/markdown.ts";
import { findSnippetProblems } from "../support/package/snippets.ts";

/**
 * In programs of their own, against the built package: whoever imports connect-redis gets the types of express-session,
 * which give every Express request of the program another session.
 */
const problemsIn = (text: string): string[] => findSnippetProblems(new Map([["page.md", parsePage(text)]]));

test("the page about bridges compiles, with connect-redis too", () => {
  const text = readFileSync(join(root, "docs/bridges.md"), "utf8");
  expect(text).toContain("```ts no-check\nimport { RedisStore }");
  expect(problemsIn(text.replaceAll("ts no-check", "ts"))).toEqual([]);
});

test("the objects of the packages fit as they are, and others do not", () => {
  const code = `
import { expressSessionStore } from "coatcheck/bridges/express-session";
import { keyvStore } from "coatcheck/bridges/keyv";
import { unstorageStore } from "coatcheck/bridges/unstorage";
import connectPgSimple from "connect-pg-simple";
import { MongoStore } from "connect-mongo";
import { RedisStore } from "connect-redis";
import session, { type Store } from "express-session";
import Keyv, { type Keyv as NamedKeyv } from "keyv";
import createMemoryStore from "memorystore";
import { createStorage, prefixStorage, type Storage } from "unstorage";

declare const anyStore: Store;
declare const anyStorage: Storage;
declare const namedKeyv: NamedKeyv<string>;

expressSessionStore({ store: anyStore });
expressSessionStore({ store: new session.MemoryStore(), prefix: undefined });
expressSessionStore({ store: new RedisStore({ client: undefined }) });
expressSessionStore({ store: new (connectPgSimple(session))({ ttl: 60 }), prefix: "app-" });
expressSessionStore({ store: new (createMemoryStore(session))({}) });
expressSessionStore({ store: MongoStore.create({ mongoUrl: "mongodb://localhost" }) });
keyvStore({ keyv: new Keyv() });
keyvStore({ keyv: new Keyv<number>({ throwOnErrors: true }), prefix: "app:" });
keyvStore({ keyv: namedKeyv });
unstorageStore({ storage: createStorage(), prefix: undefined });
unstorageStore({ storage: createStorage<string>() });
unstorageStore({ storage: prefixStorage(createStorage(), "app") });
unstorageStore({ storage: anyStorage, prefix: "app:" });

// @ts-expect-error a class is no store
expressSessionStore({ store: RedisStore });
// @ts-expect-error nor is a map a Keyv
keyvStore({ keyv: new Map<string, string>() });
// @ts-expect-error a Keyv is no storage
unstorageStore({ storage: new Keyv() });
// @ts-expect-error a storage is no Keyv
keyvStore({ keyv: createStorage() });
`;
  expect(problemsIn(`\`\`\`ts\n${code}\n\`\`\`\n`)).toEqual([]);
});

import type { Size } from "../../data.ts";
import type { Route } from "../load/visitor.ts";
import type { Kept } from "./variant.ts";

export const frameworks = ["Express", "Fastify", "Koa", "Hono", "h3", "node:http"] as const;
export type Framework = (typeof frameworks)[number];

/** A server with sessions, or a bare framework. */
export interface Variant {
  readonly framework: Framework;
  /** What the tables call it. */
  readonly library: string;
  /** Where its `start` is, seen from the folder of the benchmark. */
  readonly module: string;
  /** Absent: it has no sessions. */
  readonly kept?: Kept;
  readonly sizes: readonly Size[];
  /** Absent: all that there are for the size. */
  readonly routes?: readonly Route[];
  /** How many times the usual number of visitors. */
  readonly crowd?: number;
  /** The share of the usual number of requests: of a slow route, fewer tell as much. */
  readonly share?: Partial<Readonly<Record<Route, number>>>;
}

const both: readonly Size[] = ["500 B", "20 kB"];
/** What is larger does not fit in a cookie. */
const small: readonly Size[] = ["500 B"];

const folders: Readonly<Record<Framework, string>> = {
  Express: "express",
  Fastify: "fastify",
  Koa: "koa",
  Hono: "hono",
  h3: "h3",
  "node:http": "node",
};
const moduleIn = (framework: Framework, name: string): string => `./variants/${folders[framework]}/${name}.ts`;

export const bareOf = (framework: Framework): Variant => ({
  framework,
  library: framework,
  module: moduleIn(framework, "bare"),
  sizes: small,
});

export const unseen = "coatcheck, sealed, not seen before";

function ours(framework: Framework): Variant[] {
  const module = moduleIn(framework, "coatcheck");
  return [
    { framework, library: "coatcheck, memory", module, kept: "memory", sizes: both },
    { framework, library: "coatcheck, sealed", module, kept: "sealed", sizes: small },
    // So many that no token comes again while the process may remember it.
    { framework, library: unseen, module, kept: "sealed", sizes: small, routes: ["untouched", "read"], crowd: 10 },
  ];
}

const peers: readonly Variant[] = [
  {
    framework: "Express",
    library: "coatcheck, SQLite",
    module: moduleIn("Express", "coatcheck"),
    kept: "sqlite",
    sizes: small,
  },
  {
    framework: "Express",
    library: "express-session, memory",
    module: moduleIn("Express", "express-session"),
    kept: "memory",
    sizes: both,
  },
  {
    framework: "Express",
    library: "cookie-session, signed only",
    module: moduleIn("Express", "cookie-session"),
    kept: "signed",
    sizes: small,
  },
  {
    framework: "Fastify",
    library: "@fastify/session, memory",
    module: "./peers/fastify-session.ts",
    kept: "memory",
    sizes: both,
  },
  {
    framework: "Fastify",
    library: "@fastify/secure-session",
    module: moduleIn("Fastify", "secure-session"),
    kept: "sealed",
    sizes: small,
  },
  { framework: "Koa", library: "koa-session, memory", module: "./peers/koa-session.ts", kept: "memory", sizes: both },
  {
    framework: "Koa",
    library: "koa-session, signed only",
    module: "./peers/koa-session.ts",
    kept: "signed",
    sizes: small,
  },
  {
    framework: "Hono",
    library: "hono-sessions, memory",
    module: "./peers/hono-sessions.ts",
    kept: "memory",
    sizes: small,
    // It begins a session for every visitor.
    routes: ["untouched", "read", "write"],
    share: { untouched: 0.2, read: 0.2, write: 0.2 },
  },
  {
    framework: "Hono",
    library: "@hono/session",
    module: "./peers/hono-session.ts",
    kept: "sealed",
    sizes: small,
    share: { read: 0.5, write: 0.5 },
  },
  {
    framework: "h3",
    library: "useSession",
    module: moduleIn("h3", "use-session"),
    kept: "sealed",
    sizes: small,
    crowd: 0.1,
    share: { read: 0.03, write: 0.03 },
  },
  {
    framework: "node:http",
    library: "iron-session",
    module: moduleIn("node:http", "iron-session"),
    kept: "sealed",
    sizes: small,
    share: { read: 0.3, write: 0.3 },
  },
];

/** Ours first, then the peers that have the same framework. */
export const variantsOn = (framework: Framework): readonly Variant[] => [
  ...ours(framework),
  ...peers.filter((peer) => peer.framework === framework),
];

import type { Size } from "../../data.ts";

export interface Variant {
  readonly name: string;
  /** Where its `start` is, seen from the folder of the benchmark. */
  readonly module: string;
  /** The name of the same server without sessions; absent: it is one itself. */
  readonly over?: string;
  readonly sizes: readonly Size[];
}

const stored: readonly Size[] = ["500 B", "20 kB"];
/** What is larger does not fit in a cookie. */
const inCookie: readonly Size[] = ["500 B"];
const bare: readonly Size[] = ["500 B"];

export const variants: readonly Variant[] = [
  { name: "Express", module: "./variants/express.ts", sizes: bare },
  { name: "coatcheck memory", module: "./variants/coatcheck-memory.ts", over: "Express", sizes: stored },
  { name: "express-session memory", module: "./variants/express-session.ts", over: "Express", sizes: stored },
  { name: "coatcheck sqlite", module: "./variants/coatcheck-sqlite.ts", over: "Express", sizes: stored },
  { name: "coatcheck sealed cookie", module: "./variants/coatcheck-sealed.ts", over: "Express", sizes: inCookie },
  { name: "cookie-session", module: "./variants/cookie-session.ts", over: "Express", sizes: inCookie },
  { name: "iron-session", module: "./variants/iron-session.ts", over: "Express", sizes: inCookie },
  { name: "Fastify", module: "./variants/fastify.ts", sizes: bare },
  { name: "@fastify/secure-session", module: "./variants/fastify-secure-session.ts", over: "Fastify", sizes: inCookie },
  { name: "@fastify/session memory", module: "./peers/fastify-session.ts", over: "Fastify", sizes: stored },
  { name: "node:http", module: "./variants/node.ts", sizes: bare },
  {
    name: "coatcheck memory on node:http",
    module: "./variants/coatcheck-node-memory.ts",
    over: "node:http",
    sizes: stored,
  },
  {
    name: "coatcheck sealed cookie on node:http",
    module: "./variants/coatcheck-node-sealed.ts",
    over: "node:http",
    sizes: inCookie,
  },
];

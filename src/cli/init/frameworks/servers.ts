import type { Framework } from "../framework.ts";

const count = (session: string): string => `${session}.set("views", (${session}.get("views") ?? 0) + 1);`;

const mounts = (module: string): readonly string[] => [
  `declare module "${module}" {`,
  "  interface Mounts {",
  "    session: typeof sessions;",
  "  }",
  "}",
];

const h3Context: readonly string[] = [
  'declare module "h3" {',
  "  interface H3EventContext {",
  "    session: Session<Visit>;",
  "  }",
  "}",
];

const express: Framework = {
  name: "express",
  title: "Express",
  packages: ["express"],
  kind: "server",
  bundles: false,
  adapter: { from: "coatcheck/express", names: ["session"] },
  exported: { name: "sessionMiddleware", value: "session(sessions)" },
  types: ["/** Types `req.session`. */", ...mounts("coatcheck/express")],
  steps: ({ importing }) => [
    { code: [importing(["sessionMiddleware"]), "app.use(sessionMiddleware); // before the routes that use it"] },
  ],
  use: count("req.session"),
};

const fastify: Framework = {
  name: "fastify",
  title: "Fastify",
  packages: ["fastify"],
  kind: "server",
  bundles: false,
  adapter: { from: "coatcheck/fastify", names: ["session"] },
  exported: { name: "sessionPlugin", value: "session(sessions)" },
  types: ["/** Types `request.session`. */", ...mounts("coatcheck/fastify")],
  steps: ({ importing }) => [
    { code: [importing(["sessionPlugin"]), "app.register(sessionPlugin); // before the routes that use it"] },
  ],
  use: count("request.session"),
};

const koa: Framework = {
  name: "koa",
  title: "Koa",
  packages: ["koa"],
  kind: "server",
  bundles: false,
  adapter: { from: "coatcheck/koa", names: ["session"] },
  exported: { name: "sessionMiddleware", value: "session(sessions)" },
  types: ["/** Types `ctx.session`. */", ...mounts("coatcheck/koa")],
  steps: ({ importing }) => [
    { code: [importing(["sessionMiddleware"]), "app.use(sessionMiddleware); // before the routes that use it"] },
  ],
  use: count("ctx.session"),
};

const hono: Framework = {
  name: "hono",
  title: "Hono",
  packages: ["hono"],
  kind: "server",
  bundles: false,
  adapter: { from: "coatcheck/hono", names: ["session"] },
  exported: { name: "sessionMiddleware", value: "session(sessions)" },
  steps: ({ importing }) => [
    {
      code: [
        importing(["sessionMiddleware"]),
        "const app = new Hono().use(sessionMiddleware); // chained, so that routes know its type",
      ],
    },
  ],
  use: count("c.var.session"),
};

const h3: Framework = {
  name: "h3",
  title: "h3",
  packages: ["h3"],
  versions: /^(?!\D*1\.)/,
  kind: "server",
  bundles: false,
  adapter: { from: "coatcheck/h3", names: ["session"] },
  exported: { name: "sessionMiddleware", value: "session(sessions)" },
  types: ["/** Types `event.context.session`. */", ...h3Context],
  augments: "h3",
  steps: ({ importing }) => [
    { code: [importing(["sessionMiddleware"]), "app.use(sessionMiddleware); // before the routes that use it"] },
  ],
  use: count("event.context.session"),
};

/** Its version 1 has another adapter. */
const h3v1: Framework = {
  ...h3,
  name: "h3-v1",
  title: "h3 1",
  versions: /^\D*1\./,
  adapter: { from: "coatcheck/h3-v1", names: ["session"] },
  exported: { name: "mountSessions", value: "session(sessions)" },
  steps: ({ importing }) => [
    { code: [importing(["mountSessions"]), "mountSessions({ h3App: app }); // before the application is used"] },
  ],
};

const elysia: Framework = {
  name: "elysia",
  title: "Elysia",
  packages: ["elysia"],
  kind: "server",
  bundles: true,
  adapter: { from: "coatcheck/elysia", names: ["session"] },
  exported: { name: "sessionPlugin", value: "session(sessions)" },
  steps: ({ importing }) => [
    {
      code: [
        importing(["sessionPlugin"]),
        "const app = new Elysia().use(sessionPlugin); // chained, so that routes know its type",
      ],
    },
  ],
  use: count("session"),
};

const node: Framework = {
  name: "node",
  title: "node:http",
  packages: [],
  kind: "server",
  bundles: false,
  steps: ({ importing, importingFrom }) => [
    {
      code: [
        importingFrom("coatcheck/node", ["listener"]),
        importing(["sessions"]),
        "const server = createServer(listener(sessions, async (req, res, session) => { /* as before */ }));",
      ],
    },
  ],
  use: count("session"),
};

/** Frameworks that an application is built on directly. */
export const servers: readonly Framework[] = [express, fastify, koa, hono, h3v1, h3, elysia, node];

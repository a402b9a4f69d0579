import type { Framework } from "../framework.ts";

const locals = (property: string): readonly string[] => [
  "declare global {",
  "  namespace App {",
  "    interface Locals {",
  `      ${property}`,
  "    }",
  "  }",
  "}",
];
const count = (session: string): string => `${session}.set("views", (${session}.get("views") ?? 0) + 1);`;

const next: Framework = {
  name: "next",
  title: "Next.js",
  packages: ["next"],
  kind: "whole",
  bundles: true,
  adapter: { from: "coatcheck/next", names: ["nextSession"] },
  options: ["trustProxy: true, // what ends TLS stands before Next.js"],
  exported: { name: "{ route, action, read, proxy }", value: "nextSession(sessions)" },
  steps: ({ importing }) => [
    {
      file: "next.config.ts",
      about: "so that the database client is not bundled",
      code: ['serverExternalPackages: ["coatcheck"],'],
    },
    {
      file: "proxy.ts",
      about: "if a visit of a page changes the session, because the page itself only reads it",
      code: [
        importing(["proxy"]),
        "export default proxy((session) => {",
        '  session.set("views", (session.get("views") ?? 0) + 1);',
        "});",
        'export const config = { matcher: "/" };',
      ],
    },
  ],
  use: 'export const GET = route((session) => Response.json({ views: session.get("views") ?? 0 }));',
};

const nitro: Framework = {
  name: "nitro",
  title: "Nitro",
  packages: ["nitropack"],
  kind: "whole",
  bundles: true,
  place: "server/plugins/sessions",
  adapter: { from: "coatcheck/h3-v1", names: ["session"] },
  main: "session(sessions)",
  types: [
    "/** Types `event.context.session`. */",
    'declare module "h3" {',
    "  interface H3EventContext {",
    "    session: Session<Visit>;",
    "  }",
    "}",
  ],
  augments: "h3",
  steps: () => [],
  use: count("event.context.session"),
};

const nuxt: Framework = {
  ...nitro,
  name: "nuxt",
  title: "Nuxt",
  packages: ["nuxt"],
  options: ['skip: ({ url }) => url.startsWith("/_nuxt/"),'],
};

const sveltekit: Framework = {
  name: "sveltekit",
  title: "SvelteKit",
  packages: ["@sveltejs/kit"],
  kind: "whole",
  bundles: true,
  place: "src/lib/server/sessions",
  adapter: { from: "coatcheck/sveltekit", names: ["session"] },
  exported: { name: "sessionHandle", value: "session(sessions)" },
  types: ["/** Types `event.locals.session`. */", ...locals("readonly session: Session<Visit>;")],
  steps: ({ isTyped, specifier }) => [
    {
      file: `src/hooks.server.${isTyped ? "ts" : "js"}`,
      code: [`export { sessionHandle as handle } from "${specifier("src/hooks.server.ts")}";`],
    },
  ],
  use: count("locals.session"),
};

const astro: Framework = {
  name: "astro",
  title: "Astro",
  packages: ["astro"],
  kind: "whole",
  bundles: true,
  place: "src/sessions",
  adapter: { from: "coatcheck/astro", names: ["session"] },
  exported: { name: "onRequest", value: "session(sessions)" },
  types: ["/** Types `Astro.locals.session`. */", ...locals("readonly session: Session<Visit>;")],
  steps: ({ isTyped, specifier }) => [
    {
      file: `src/middleware.${isTyped ? "ts" : "js"}`,
      code: [`export { onRequest } from "${specifier("src/middleware.ts")}";`],
    },
    {
      about: 'each page that uses it, unless the configuration has output: "server"',
      code: ["export const prerender = false;"],
    },
  ],
  use: count("Astro.locals.session"),
};

const reactRouter: Framework = {
  name: "react-router",
  title: "React Router",
  packages: ["@react-router/dev"],
  kind: "whole",
  bundles: true,
  place: "app/sessions.server",
  adapter: { from: "coatcheck/react-router", names: ["session"] },
  exported: { name: "sessionMiddleware", value: "session(sessions)" },
  steps: ({ isTyped, importing }) => [
    {
      file: `app/root.${isTyped ? "tsx" : "jsx"}`,
      code: [
        importing(["sessionMiddleware"], "app/root.tsx"),
        `export const middleware${isTyped ? ": Route.MiddlewareFunction[]" : ""} = sessionMiddleware;`,
      ],
    },
    {
      file: "react-router.config.ts",
      about: "with React Router 7",
      code: ["future: { v8_middleware: true },"],
    },
  ],
  use: 'const visit = sessions.get(context); visit.set("views", (visit.get("views") ?? 0) + 1);',
};

const tanstackStart: Framework = {
  name: "tanstack-start",
  title: "TanStack Start",
  packages: ["@tanstack/react-start"],
  kind: "whole",
  bundles: true,
  place: "src/sessions",
  steps: ({ isTyped, importing }) => [
    {
      file: `src/start.${isTyped ? "ts" : "js"}`,
      code: [
        'import { createCsrfMiddleware, createMiddleware, createStart } from "@tanstack/react-start";',
        'import { withSession } from "coatcheck/tanstack-start";',
        importing(["sessions"], "src/start.ts"),
        "",
        'const visit = createMiddleware({ type: "request" }).server(({ request, next }) =>',
        "  withSession(sessions, request, (session) => next({ context: { session } })),",
        ");",
        'const csrf = createCsrfMiddleware({ filter: ({ handlerType }) => handlerType === "serverFn" });',
        "",
        "export const startInstance = createStart(() => ({ requestMiddleware: [csrf, visit] }));",
      ],
    },
  ],
  use: count("context.session"),
};

const nest: Framework = {
  name: "nest",
  title: "NestJS",
  packages: ["@nestjs/core", "@nestjs/common"],
  kind: "whole",
  bundles: false,
  place: "src/sessions",
  adapter: { from: "coatcheck/nest", names: ["SessionModule"] },
  exported: { name: "sessionModule", value: "SessionModule.forRoot(sessions)" },
  steps: ({ importing }) => [
    {
      file: "src/app.module.ts",
      code: [
        importing(["sessionModule"], "src/app.module.ts"),
        "@Module({ imports: [sessionModule /* and the others */] })",
      ],
    },
  ],
  use: "show(@Session(sessions) session: Session<Visit>) // with Session from coatcheck/nest",
};

/** Frameworks that bring their own server. */
export const whole: readonly Framework[] = [...[next, nuxt, nitro, sveltekit, astro, reactRouter, tanstackStart, nest]];

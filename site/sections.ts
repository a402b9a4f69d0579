/**
 * The sections of the site, in the order of its sidebar. A page is the path of its file in the repository, or that and its
 * name in the sidebar, which is its heading otherwise. A path that ends with `*` stands for all pages below it that are
 * named nowhere. A section without pages is left out.
 */
export interface Section {
  readonly title: string;
  readonly pages: readonly (string | readonly [path: string, name: string])[];
}

export const sections: readonly Section[] = [
  {
    title: "Start",
    pages: [
      ["docs/guide.md", "Express, Node and fetch"],
      "docs/frameworks/fastify.md",
      "docs/frameworks/koa.md",
      "docs/frameworks/hono.md",
      "docs/frameworks/h3.md",
      "docs/frameworks/nitro.md",
      "docs/frameworks/elysia.md",
      "docs/frameworks/next.md",
      "docs/frameworks/react-router.md",
      "docs/frameworks/sveltekit.md",
      "docs/frameworks/astro.md",
      "docs/frameworks/tanstack-start.md",
      "docs/frameworks/nest.md",
      "docs/frameworks/trpc.md",
      "docs/frameworks/graphql-yoga.md",
      "docs/frameworks/socket-io.md",
      "docs/frameworks/ws.md",
      "docs/frameworks/passport.md",
      "docs/frameworks/async-context.md",
      "docs/frameworks/*",
    ],
  },
  { title: "Tutorial", pages: ["docs/tutorial*"] },
  {
    title: "Guides",
    pages: [
      "docs/session.md",
      "docs/sign-in.md",
      ["docs/stores.md", "Choosing a store"],
      "docs/stores/memory.md",
      "docs/stores/file.md",
      "docs/stores/sqlite.md",
      "docs/stores/postgres.md",
      "docs/stores/mysql.md",
      "docs/stores/redis.md",
      "docs/stores/mongodb.md",
      "docs/stores/d1.md",
      "docs/stores/durable-object.md",
      "docs/stores/cookie.md",
      "docs/stores/*",
      "docs/bridges.md",
      "docs/transports.md",
      "docs/testing.md",
      "docs/runtimes.md",
    ],
  },
  { title: "Moving", pages: ["docs/moving/express-session.md", "docs/moving/*"] },
  {
    title: "Operations",
    pages: [
      "docs/my-session-is-lost.md",
      "docs/deployment.md",
      "docs/operations/watching.md",
      "docs/operations/slow-or-down.md",
      "docs/operations/*",
      "docs/cli.md",
      "docs/sizing.md",
      "docs/scale.md",
      "bench/RESULTS.md",
      "bench/STORES.md",
    ],
  },
  {
    title: "Security",
    pages: [
      ["docs/security.md", "What is protected"],
      "docs/threat-model.md",
      ["SECURITY.md", "Report a vulnerability"],
    ],
  },
  {
    title: "Reference",
    pages: [
      "docs/options.md",
      "docs/errors.md",
      "docs/events.md",
      "docs/comparison.md",
      "CHANGELOG.md",
      ["docs/README.md", "All pages"],
    ],
  },
  {
    title: "Design",
    pages: [
      "docs/architecture.md",
      "docs/wire-format.md",
      "docs/simulator.md",
      "docs/store-contract.md",
      "docs/adapters.md",
      "CONTRIBUTING.md",
      "CODE_OF_CONDUCT.md",
      "docs/releasing.md",
    ],
  },
  { title: "Behaviours", pages: ["docs/behaviours.md"] },
  { title: "Folders of the source", pages: ["src/*"] },
];

/** Versions in the menu: the one that this is, and older ones where they are served, such as `["0.1", "/0.1/"]`. */
export const versions: readonly (readonly [name: string, address: string])[] = [["0.1 (next)", "/"]];

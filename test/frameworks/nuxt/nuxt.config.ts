/** The suite and the application's own tests may run at once, so each has a build of its own. */
const name = process.env.NUXT_BUILD ?? "own";

export default defineNuxtConfig({
  compatibilityDate: "2026-01-01",
  telemetry: false,
  devtools: { enabled: false },
  buildDir: `.nuxt/${name}`,
  experimental: { ssrStreaming: true },
  routeRules: {
    "/**": { streaming: false },
    "/streamed": { streaming: true },
    "/asks": { headers: { "cache-control": "public, max-age=60" } },
    "/cached": { swr: 60 },
    "/cached-for-all": { swr: 60 },
    "/prerendered": { prerender: true },
  },
  nitro: {
    // What a server of our own can listen with, also with several at once.
    preset: "node-listener",
    serveStatic: true,
    inlineDynamicImports: true,
    output: { dir: `.output/${name}` },
    // Only here, where the package is a link, which Nitro would take for a part of the application.
    rollupConfig: { external: [/^coatcheck/] },
  },
});

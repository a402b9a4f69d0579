// Runs the worker here as Cloudflare runs it there: in workerd, with the bindings of wrangler.jsonc.
import { build } from "esbuild";
import { Miniflare } from "miniflare";

const { outputFiles } = await build({
  entryPoints: ["worker.ts"],
  bundle: true,
  write: false,
  format: "esm",
  target: "es2023",
  conditions: ["workerd", "worker", "browser"],
  external: ["cloudflare:*"],
  // coatcheck is a link to its own repository here, whose settings are not for those who use it.
  tsconfigRaw: {},
});

const worker = new Miniflare({
  modules: [{ type: "ESModule", path: "worker.js", contents: outputFiles[0].text }],
  compatibilityDate: "2026-04-01",
  durableObjects: { SESSIONS: { className: "SessionShard", useSQLite: true } },
  durableObjectsPersist: process.env.STATE ?? ".state",
  host: "localhost",
  port: Number(process.env.PORT ?? 3000),
});

console.log((await worker.ready).origin);

process.once("SIGINT", () => worker.dispose());

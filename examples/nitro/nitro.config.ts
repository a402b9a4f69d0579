import { defineNitroConfig } from "nitropack/config";

export default defineNitroConfig({
  compatibilityDate: "2026-01-01",
  srcDir: "server",
  // What is used is imported by name, so that it can be followed.
  imports: false,
  // Only here, where the package is a link, which Nitro would take for a part of the application.
  rollupConfig: { external: [/^coatcheck/] },
  // For the `await` at the top of a module.
  esbuild: { options: { target: "es2022" } },
});

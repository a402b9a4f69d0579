import node from "@astrojs/node";
import { defineConfig } from "astro/config";

const out = process.env.ASTRO_OUT ?? ".built/own";

export default defineConfig({
  output: "server",
  outDir: out,
  cacheDir: `${out}-cache`,
  adapter: node({ mode: "middleware" }),
  // Vite would bundle a package that is only linked.
  vite: { build: { rolldownOptions: { external: [/^coatcheck/] } } },
});

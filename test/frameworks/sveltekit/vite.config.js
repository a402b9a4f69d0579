import { sveltekit } from "@sveltejs/kit/vite";

const outDir = process.env.SVELTEKIT_OUT ?? ".svelte-kit";

export default {
  logLevel: "error",
  plugins: [sveltekit({ outDir, experimental: { remoteFunctions: true } })],
  // Vite would bundle a package that is only linked.
  ssr: { external: ["coatcheck"] },
};

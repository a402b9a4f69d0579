import { sveltekit } from "@sveltejs/kit/vite";

const outDir = process.env.SVELTEKIT_OUT ?? ".svelte-kit";
const src = "../sveltekit/src";

/** The application is that of SvelteKit 2, with the packages of this folder. */
export default {
  logLevel: "error",
  plugins: [sveltekit({ outDir, files: { src }, experimental: { remoteFunctions: true } })],
  resolve: { dedupe: ["@sveltejs/kit", "coatcheck", "svelte"] },
  ssr: { external: ["coatcheck"] },
};

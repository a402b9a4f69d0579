export default { kit: { outDir: process.env.SVELTEKIT_OUT ?? ".svelte-kit" } };

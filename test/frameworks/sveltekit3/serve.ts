import "../sveltekit/serve.ts";

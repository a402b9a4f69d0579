export { entry } from "../sveltekit/entry.ts";

import { createBuilder } from "vite";

interface App {
  fetch(request: Request): Promise<Response>;
}

/** Builds the application as `vite build` does and loads its server. */
export async function startApp(): Promise<App> {
  const builder = await createBuilder({ root: import.meta.dirname });
  await builder.buildApp();
  const path = "./dist/server/server.js";
  return ((await import(path)) as { default: App }).default;
}

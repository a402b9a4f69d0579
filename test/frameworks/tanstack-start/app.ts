import { createBuilder } from "vite";

interface App {
  fetch(request: Request): Promise<Response>;
}

/** Builds the application into a folder, as `vite build` does, and loads its server. */
export async function startApp(folder: string): Promise<App> {
  const builder = await createBuilder({ root: import.meta.dirname, build: { outDir: folder } });
  await builder.buildApp();
  return ((await import(`./${folder}/server/server.js`)) as { default: App }).default;
}

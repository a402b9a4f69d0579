import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Server, SSRManifest } from "@sveltejs/kit";
import { build } from "vite";

/** Builds the application and starts it, without an adapter of SvelteKit: those only put a server around it. */
export async function startApp(folder: string): Promise<Server> {
  process.env.SVELTEKIT_OUT = folder;
  await build();
  const load = (file: string) => import(pathToFileURL(resolve(folder, "output/server", file)).href);
  const { Server: BuiltServer } = (await load("index.js")) as { Server: typeof Server };
  const { manifest } = (await load("manifest-full.js")) as { manifest: SSRManifest };
  const server = new BuiltServer(manifest);
  await server.init({ env: {} });
  return server;
}

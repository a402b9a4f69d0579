import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { getRequestListener } from "@hono/node-server";
import type { Server, SSRManifest } from "@sveltejs/kit";
import type { Listener } from "../../support/adapters/node.ts";

/** Builds the application with the SvelteKit of this folder, and gives a listener for servers. */
export async function buildApp(folder: string): Promise<(platform: App.Platform) => Listener> {
  const env = { ...process.env, SVELTEKIT_OUT: folder };
  execFileSync(process.execPath, ["node_modules/vite/bin/vite.js", "build"], { env, stdio: "pipe" });
  const load = (file: string) => import(pathToFileURL(resolve(folder, "output/server", file)).href);
  const { Server: BuiltServer } = (await load("index.js")) as { Server: typeof Server };
  const { manifest } = (await load("manifest-full.js")) as { manifest: SSRManifest };
  const server = new BuiltServer(manifest);
  await server.init({ env: {} });
  return (platform) => {
    const respond = (request: Request) => server.respond(request, { platform, getClientAddress: () => "127.0.0.1" });
    return getRequestListener(respond, { overrideGlobalObjects: false }) as Listener;
  };
}

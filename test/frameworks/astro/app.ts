import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Listener } from "../../support/adapters/node.ts";

type Handler = (...call: [...Parameters<Listener>, next: () => void, locals: object]) => void;

/** Builds the application, and gives a listener for servers. */
export async function buildApp(folder: string): Promise<(locals: object) => Listener> {
  const env = { ...process.env, ASTRO_OUT: folder, ASTRO_TELEMETRY_DISABLED: "1" };
  execFileSync(process.execPath, ["node_modules/astro/bin/astro.mjs", "build"], { env, stdio: "pipe" });
  const { handler } = (await import(pathToFileURL(resolve(folder, "server/entry.mjs")).href)) as { handler: Handler };
  // Each request has an object of its own, which Astro makes its `locals`.
  return (locals) => (req, res) => handler(req, res, () => res.writeHead(404).end(), { ...locals });
}

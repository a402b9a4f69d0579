import { execFileSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import type { Listener } from "../../support/adapters/node.ts";

/** Builds the application under a name, and gives what starts it: each time anew, as a process of its own would. */
export function buildApp(name: string): () => Promise<Listener> {
  const env = { ...process.env, NUXT_BUILD: name };
  execFileSync(process.execPath, ["node_modules/nuxt/bin/nuxt.mjs", "build"], { env, stdio: "pipe", encoding: "utf8" });
  const { href } = pathToFileURL(`.output/${name}/server/index.mjs`);
  let started = 0;
  return async () => {
    started += 1;
    const { listener } = (await import(`${href}?${started}`)) as { listener: Listener };
    return listener;
  };
}

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";

export interface Surroundings {
  readonly versions: Readonly<Record<string, string>>;
  readonly cores: number;
  readonly platform: string;
}

const root = createRequire(new URL("../../package.json", import.meta.url));
const peers = createRequire(new URL("../http/peers/package.json", import.meta.url));

/** Those that the benchmark of whole servers compares. */
const httpPackages = [
  ...["express", "fastify", "koa", "hono", "@hono/node-server", "h3"],
  ...["express-session", "cookie-session", "@fastify/session", "@fastify/secure-session", "koa-session"],
  ...["hono-sessions", "@hono/session", "iron-session"],
  "jose",
  "libsql",
  "esbuild",
];

export function surroundings(packages: readonly string[] = httpPackages): Surroundings {
  const versions = Object.fromEntries(packages.map((name) => [name, installed(name)]));
  return {
    versions: { coatcheck: installed("coatcheck"), ...versions, Node: process.versions.node, V8: process.versions.v8 },
    cores: availableParallelism(),
    platform: `${process.platform} ${process.arch}`,
  };
}

/** Read from the folder, because few packages export their package.json. */
function installed(name: string): string {
  if (name === "coatcheck") return versionIn(new URL("../../package.json", import.meta.url));
  for (const require of [root, peers]) {
    for (const folder of require.resolve.paths(name) ?? []) {
      const version = versionIn(`${folder}/${name}/package.json`);
      if (version !== "") return version;
    }
  }
  return "not found";
}

function versionIn(file: string | URL): string {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
  } catch {
    return "";
  }
}

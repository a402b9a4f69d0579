import { builtinModules } from "node:module";
import { fileURLToPath } from "node:url";
import { build, type Metafile, type Plugin } from "esbuild";
import { manifest, root } from "../../support/package/manifest.ts";

export interface Bundle {
  readonly code: string;
  readonly meta: Metafile;
}

/** Node's modules under their full names, for packages that ask for them by the short one or by `require`. */
const nodeModules: Plugin = {
  name: "node modules",
  setup(build) {
    const names = new RegExp(`^(node:)?(${builtinModules.join("|")})$`);
    build.onResolve({ filter: names }, ({ path, kind }) => {
      const full = path.replace(/^(node:)?/, "node:");
      return kind === "require-call" ? { path: full, namespace: "required" } : { path: full, external: true };
    });
    build.onLoad({ filter: /./, namespace: "required" }, ({ path }) => ({
      contents: `import exported from "${path}"; module.exports = exported;`,
    }));
  },
};

/** The built package, for the nearest package.json here is another one's. */
const ownPackage: Plugin = {
  name: "own package",
  setup(build) {
    const isFromRoot = true;
    build.onResolve({ filter: new RegExp(`^${manifest.name}(/|$)`) }, ({ path, kind, pluginData }) =>
      pluginData === isFromRoot ? undefined : build.resolve(path, { kind, resolveDir: root, pluginData: isFromRoot }),
    );
  },
};

/** A worker in one file, made as wrangler makes it, from the built package. */
export async function bundle(entry: string, isNodeLike = false): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    target: "es2023",
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    external: ["node:*", "cloudflare:*"],
    plugins: isNodeLike ? [ownPackage, nodeModules] : [ownPackage],
    // Not ours: its paths lead to the sources.
    tsconfigRaw: {},
    logLevel: "silent",
  });
  return { code: outputFiles[0]!.text, meta: metafile };
}

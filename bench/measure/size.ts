import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import manifest from "../../package.json" with { type: "json" };

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Bytes, minified and gzipped. */
export interface BundleSize {
  readonly code: string;
  readonly own: number;
  readonly withDependencies: number;
}

const exported: readonly (readonly [code: string, ownPackages: readonly string[]])[] = [
  ['export { createSessions } from "coatcheck";', Object.keys(manifest.dependencies)],
  ['export { getIronSession } from "iron-session";', ["cookie", "iron-webcrypto", "uncrypto"]],
];

/** As a server for any runtime would bundle it. */
export async function measureSize(log: (line: string) => void): Promise<BundleSize[]> {
  const sizes: BundleSize[] = [];
  for (const [code, dependencies] of exported) {
    const size = { code, own: await bundled(code, dependencies), withDependencies: await bundled(code, []) };
    log(`${code} ${size.own} B, ${size.withDependencies} B with dependencies`);
    sizes.push(size);
  }
  return sizes;
}

async function bundled(code: string, dependencies: readonly string[]): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: root },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2023",
    platform: "browser",
    // The paths of tsconfig.json lead to the sources; what is weighed is what is published.
    tsconfigRaw: {},
    external: ["node:*", ...dependencies],
  });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).byteLength;
}

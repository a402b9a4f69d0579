import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import manifest from "../../package.json" with { type: "json" };

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Something to bundle. */
interface Bundle {
  readonly what: string;
  readonly code: string;
  readonly dependencies: readonly string[];
  /** Bytes of own code that it should not exceed. */
  readonly most?: number;
}

/** Bytes, minified and gzipped. */
export interface BundleSize extends Bundle {
  readonly own: number;
  readonly withDependencies: number;
}

const dependencies = Object.keys(manifest.dependencies);
const bundles: readonly Bundle[] = [
  { what: "stored core", code: 'export { createSessions } from "coatcheck";', dependencies, most: 14_000 },
  {
    what: "sealed-only core",
    code: 'export { createSessions } from "coatcheck"; export { cookieStore } from "coatcheck/stores/cookie";',
    dependencies,
    most: 12_000,
  },
  {
    what: "iron-session",
    code: 'export { getIronSession } from "iron-session";',
    dependencies: ["cookie", "iron-webcrypto", "uncrypto"],
  },
];

/** As a server for any runtime would bundle it. */
export async function measureSize(log: (line: string) => void): Promise<BundleSize[]> {
  const sizes: BundleSize[] = [];
  for (const bundle of bundles) {
    const { what, code } = bundle;
    const size = {
      ...bundle,
      own: await bundled(code, bundle.dependencies),
      withDependencies: await bundled(code, []),
    };
    log(`${what}: ${size.own} B, ${size.withDependencies} B with dependencies`);
    sizes.push(size);
  }
  return sizes;
}

async function bundled(code: string, external: readonly string[]): Promise<number> {
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
    external: ["node:*", ...external],
  });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).byteLength;
}

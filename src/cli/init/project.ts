import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { misuse } from "../stop.ts";
import type { Framework } from "./framework.ts";
import { frameworks } from "./frameworks.ts";

/** What a folder says of the application in it. */
export interface Project {
  readonly folder: string;
  /** Versions by package; those that only development needs are among them. */
  readonly packages: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  /** Whether package.json says that files are ES modules. */
  readonly isModule: boolean;
  readonly isTyped: boolean;
  /** Whether imports name `.ts` files. */
  readonly namesSources: boolean;
  readonly hasSrc: boolean;
  /** The command that installs packages. */
  readonly installer: string;
}

interface Manifest {
  readonly type?: unknown;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

const installers: readonly (readonly [lockfile: string, command: string])[] = [
  ["pnpm-lock.yaml", "pnpm add"],
  ["yarn.lock", "yarn add"],
  ["bun.lock", "bun add"],
  ["bun.lockb", "bun add"],
];

/** @throws Stop if there is no application */
export function readProject(folder: string): Project {
  const has = (name: string): boolean => existsSync(join(folder, name));
  if (!has("package.json")) {
    throw misuse(
      "There is no package.json in this folder. Nothing was written. Call init in the folder of the application; npm init makes a new one.",
    );
  }
  const { type, dependencies = {}, devDependencies = {} } = manifestIn(folder);
  const packages = { ...devDependencies, ...dependencies };
  const compiler = has("tsconfig.json") ? readFileSync(join(folder, "tsconfig.json"), "utf8") : "";
  return {
    folder,
    packages,
    dependencies,
    isModule: type === "module",
    isTyped: has("tsconfig.json") || "typescript" in packages,
    namesSources: /"(allowImportingTsExtensions|rewriteRelativeImportExtensions)"\s*:\s*true/.test(compiler),
    hasSrc: has("src"),
    installer: installers.find(([lockfile]) => has(lockfile))?.[1] ?? "npm install",
  };
}

/** @throws Stop */
function manifestIn(folder: string): Manifest {
  const manifest = parsed(folder);
  if (!isObject(manifest)) throw misuse("package.json holds no object. Nothing was written. npm init makes a new one.");
  for (const name of ["dependencies", "devDependencies"] as const) {
    const list = (manifest as Manifest)[name];
    if (list !== undefined && !isObject(list)) {
      throw misuse(
        `package.json is wrong: its "${name}" must be an object of package names and versions. Nothing was written. Correct it and call init again.`,
      );
    }
  }
  return manifest;
}

function parsed(folder: string): unknown {
  try {
    return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  } catch (error) {
    throw misuse(`package.json cannot be read: ${(error as Error).message}. Nothing was written.`);
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The frameworks that an application may be built on. One is the answer, several are a question. */
export function frameworksIn({ packages, dependencies }: Project): readonly Framework[] {
  const shows = ({ packages: names, versions }: Framework, among: Readonly<Record<string, string>>): boolean =>
    names.some((name) => name in among && (versions?.test(among[name] ?? "") ?? true));
  const ofKind = (kind: Framework["kind"], among: Readonly<Record<string, string>>): readonly Framework[] =>
    frameworks.filter((one) => one.kind === kind && shows(one, among));
  const found = [ofKind("whole", packages), ofKind("server", dependencies), ofKind("server", packages)];
  return found.find((list) => list.length > 0) ?? [];
}

import { isBuiltin } from "node:module";
import { dirname, join } from "node:path/posix";
import { type Import, type Links, linksOf } from "./imports.ts";

/** Source files by their path below src/. */
export type Sources = ReadonlyMap<string, string>;

export interface Packages {
  readonly dependencies: readonly string[];
  readonly optionalPeers: readonly string[];
}

/**
 * A layer is a folder. It may import itself and the layers named here. A file belongs to the longest name that its path
 * begins with; `stores/*` is each store by itself, and the files beside the folders are the layer ".".
 */
export const layers: Readonly<Record<string, readonly string[]>> = {
  types: [],
  crypto: ["types"],
  "core/language": ["types", "crypto"],
  "core/http": ["types", "core/language"],
  "core/record": ["types", "crypto", "core/language"],
  "core/config": ["types", "crypto", "core/language", "core/record"],
  "core/runtime": ["types", "crypto", "core/language", "core/record", "core/config"],
  "core/state": ["types", "crypto", "core/language", "core/record", "core/config", "core/runtime"],
  "core/commit": ["types", "crypto", "core/language", "core/record", "core/config", "core/runtime", "core/state"],
  "core/backend": [
    ...["types", "crypto", "core/language", "core/record", "core/config", "core/runtime", "core/state"],
    "core/commit",
  ],
  "core/request": [
    ...["types", "crypto", "core/language", "core/http", "core/record", "core/config", "core/runtime"],
    ...["core/state", "core/commit", "core/backend"],
  ],
  "core/manager": [
    ...["types", "crypto", "core/language", "core/http", "core/record", "core/config", "core/runtime"],
    ...["core/state", "core/commit", "core/backend", "core/request"],
  ],
  transports: ["types", "crypto", "core/language", "core/http"],
  "stores/shared": ["types", "core/language"],
  "stores/sql": ["types", "crypto", "core/language", "stores/shared"],
  "stores/*": ["types", "crypto", "core/language", "stores/shared", "stores/sql"],
  // These two know every store: by its URL, and by its tables.
  "stores/open": ["types", "stores/shared", "stores/*"],
  "stores/schema": ["types", "core/language", "stores/shared", "stores/sql", "stores/*"],
  "bridges/shared": ["types", "crypto", "core/language", "stores/shared"],
  "bridges/*": ["types", "crypto", "core/language", "stores/shared", "bridges/shared"],
  "adapters/shared": ["types", "core/language", "core/http", "core/config", "core/runtime"],
  "adapters/node": ["types", "crypto", "core/language", "core/http", "adapters/shared"],
  "adapters/*": ["types", "crypto", "core/language", "core/http", "core/config", "adapters/shared", "adapters/node"],
  "legacy/shared": [
    ...["types", "crypto", "core/language", "core/record", "core/config", "core/runtime", "core/state", "core/commit"],
    ...["core/backend", "core/request", "transports"],
  ],
  "legacy/*": ["types", "crypto", "core/language", "core/config", "transports", "legacy/shared"],
  "adapters/express-session": ["types", "core/language", "adapters/node"],
  // Makes a manager of its own, behind the interface of another package.
  "adapters/native-store": ["types", "crypto", "core/language", "core/http", "adapters/express-session", "."],
  security: ["types", "core/language", "core/config"],
  "operations/shared": ["types", "crypto", "core/config"],
  "operations/*": ["types", "crypto", "core/language", "core/config", "operations/shared"],
  // Its pages are forms.
  "operations/admin": ["types", "core/language", "core/config", "operations/shared", "security"],
  testing: ["types", "core/http"],
  // Nothing imports it.
  cli: [
    ...["types", "crypto", "core/language", "core/record", "core/config", "core/backend", "transports"],
    ...["stores/shared", "stores/sql", "stores/*", "stores/open", "stores/schema", "operations/shared", "operations/*"],
    // It serves the page for operators.
    ...["operations/admin", "adapters/node", "."],
  ],
  ".": ["types", "crypto", "core/http", "core/config", "core/manager", "transports", "stores/*"],
};

/** These folders are public: `coatcheck/stores/redis` is `stores/redis/index.ts`. transports/cookie is exported by name. */
const mayBePublic =
  /^((stores|bridges|adapters|legacy|operations)\/[^/]+|transports\/cookie|security|testing)\/index\.ts$/;

const nodeFiles =
  /^(cli\/|crypto\/node\.ts|operations\/diagnostics\/|stores\/(sqlite|file|open)\/|adapters\/(node|express-session)\/)/;
/** Takes the place of a package whose export is one function. */
const mayHaveDefault = "adapters/express-session/index.ts";
/** Whoever imports an adapter has its framework; nothing else imports these files. */
const frameworkFiles = /^(adapters\/[^/]+\/index\.ts|operations\/(prometheus|otel)\/.*)$/;
const peerFiles = /^(stores|bridges|adapters|operations)\//;
const cryptoFiles = ["crypto/node.ts", "crypto/web.ts"];

const LONGEST_FILE = 200;
const FULLEST_FOLDER = 20;

/** One sentence for each place where the sources break a rule of the architecture. */
export function findViolations(sources: Sources, packages: Packages): string[] {
  const files = [...sources].map(([path, text]) => ({ path, text, links: linksOf(path, text) }));
  const graph = new Map(files.map(({ path, links }) => [path, targetsOf(path, links)]));
  return [
    ...files.flatMap(({ path, text, links }) => [
      ...shapeProblems(path, text, links),
      ...links.imports.flatMap((link) => importProblems(path, link, sources, packages)),
    ]),
    ...findCycles(graph),
    ...fullFolders([...sources.keys()]),
  ];
}

/** `undefined` for a file in no known layer. */
function layerOf(path: string): string | undefined {
  const folders = dirname(path).split("/");
  if (folders[0] === ".") return ".";
  const [first, second] = folders;
  if (first === "core") return `core/${second}` in layers ? `core/${second}` : undefined;
  const named = `${first}/${second}`;
  if (named in layers) return named;
  if (second !== undefined && `${first}/*` in layers) return `${first}/*`;
  return first !== undefined && first in layers ? first : undefined;
}

/** `stores/sqlite` of `stores/sqlite/schema.ts`. */
const partOf = (path: string): string => path.split("/").slice(0, 2).join("/");

/** What one store, bridge or adapter takes of another one. */
const borrowed: Readonly<Record<string, readonly string[]>> = {
  "stores/d1": ["stores/sqlite"],
  "stores/durable-object": ["stores/sqlite"],
  "adapters/nest": ["adapters/express", "adapters/fastify"],
  "adapters/trpc-node": ["adapters/trpc"],
};

function mayImport(path: string, target: string): boolean {
  const [from, to] = [layerOf(path), layerOf(target)];
  if (from === undefined || to === undefined) return false;
  if (layers[from]?.includes(to)) return true;
  const [part, other] = [partOf(path), partOf(target)];
  return from === to && (!from.endsWith("/*") || part === other || (borrowed[part]?.includes(other) ?? false));
}

const lineCount = (text: string): number => text.trimEnd().split("\n").length;

function targetsOf(path: string, { imports }: Links): string[] {
  return imports.flatMap(({ specifier }) => resolve(path, specifier));
}

/** The source files behind a specifier; none for a package. */
function resolve(path: string, specifier: string): string[] {
  if (specifier === "#crypto") return cryptoFiles;
  return specifier.startsWith(".") ? [join(dirname(path), specifier)] : [];
}

function shapeProblems(path: string, text: string, { hasDefaultExport, hasComputedImport }: Links): string[] {
  const problems = [];
  if (layerOf(path) === undefined) problems.push(`${path} is in no known layer`);
  // An index.ts makes a folder public, see "exports" in package.json.
  if (path.endsWith("/index.ts") && !mayBePublic.test(path)) problems.push(`${path} would make its folder public`);
  const lines = lineCount(text);
  if (lines > LONGEST_FILE) problems.push(`${path} has ${lines} lines, more than ${LONGEST_FILE}`);
  if (hasDefaultExport && path !== mayHaveDefault) problems.push(`${path} has a default export`);
  if (hasComputedImport && !nodeFiles.test(path)) problems.push(`${path} imports a name that is computed`);
  return problems;
}

function importProblems(path: string, link: Import, sources: Sources, packages: Packages): string[] {
  const targets = resolve(path, link.specifier);
  if (targets.length > 0) return targets.flatMap((target) => fileProblems(path, target, sources));
  return packageProblems(path, link, packages);
}

function fileProblems(path: string, target: string, sources: Sources): string[] {
  if (!sources.has(target)) return [`${path} imports ${target}, which is not a source file`];
  return mayImport(path, target) ? [] : [`${path} must not import ${target}`];
}

function packageProblems(path: string, { specifier, kind }: Import, packages: Packages): string[] {
  if (isBuiltin(specifier)) return nodeFiles.test(path) ? [] : [`${path} must not import the built-in ${specifier}`];
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  if (packages.dependencies.includes(name)) return [];
  if (!packages.optionalPeers.includes(name)) return [`${path} imports ${name}, which is not a dependency`];
  if (!peerFiles.test(path)) return [`${path} must not import the optional package ${name}`];
  return kind === "static" && !frameworkFiles.test(path)
    ? [`${path} would make the optional package ${name} required`]
    : [];
}

/** Depth first; a file met again while it is still open closes a cycle. */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const cycles: string[] = [];
  const walk = (path: string, open: readonly string[]): void => {
    const start = open.indexOf(path);
    if (start >= 0) cycles.push(`cycle: ${[...open.slice(start), path].join(" -> ")}`);
    if (start >= 0 || done.has(path)) return;
    for (const target of graph.get(path) ?? []) walk(target, [...open, path]);
    done.add(path);
  };
  for (const path of graph.keys()) walk(path, []);
  return cycles;
}

function fullFolders(paths: readonly string[]): string[] {
  const sizes = new Map<string, number>();
  for (const path of paths) sizes.set(dirname(path), (sizes.get(dirname(path)) ?? 0) + 1);
  return [...sizes]
    .filter(([, size]) => size > FULLEST_FOLDER)
    .map(([folder, size]) => `${folder}/ holds ${size} files, more than ${FULLEST_FOLDER}`);
}

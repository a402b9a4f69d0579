import { isBuiltin } from "node:module";
import { dirname, join } from "node:path/posix";
import { type Import, type Links, linksOf } from "./imports.ts";

/** Source files by their path below src/. */
export type Sources = ReadonlyMap<string, string>;

export interface Packages {
  readonly dependencies: readonly string[];
  readonly optionalPeers: readonly string[];
}

/** A layer may import itself and the layers named here. The files beside the folders are the layer ".". */
const layers: Readonly<Record<string, readonly string[]>> = {
  crypto: [],
  core: ["crypto"],
  transports: ["crypto", "core"],
  stores: ["crypto", "core"],
  bridges: ["crypto", "core"],
  adapters: ["crypto", "core"],
  testing: ["core"],
  ".": ["crypto", "core", "transports", "stores"],
};

const nodeFiles = /^(crypto\/node|stores\/(sqlite|file|open)|stores\/_(sqlite|file)-[^/]*|adapters\/_node-[^/]*)\.ts$/;
/** Whoever imports an adapter has its framework; nothing else imports these files. */
const frameworkFiles = /^adapters\/[^_][^/]*\.ts$/;
const peerFiles = /^(stores|bridges|adapters)\//;
const cryptoFiles = ["crypto/node.ts", "crypto/web.ts"];

const LONGEST_FILE = 200;

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
  ];
}

const layerOf = (path: string): string => (path.includes("/") ? path.split("/", 1)[0]! : ".");

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
  if (!(layerOf(path) in layers)) problems.push(`${path} is in no known layer`);
  const lines = lineCount(text);
  if (lines > LONGEST_FILE) problems.push(`${path} has ${lines} lines, more than ${LONGEST_FILE}`);
  if (hasDefaultExport) problems.push(`${path} has a default export`);
  if (hasComputedImport && !nodeFiles.test(path)) problems.push(`${path} imports a name that is computed`);
  return problems;
}

function importProblems(path: string, link: Import, sources: Sources, packages: Packages): string[] {
  const targets = resolve(path, link.specifier);
  if (targets.length > 0) return targets.flatMap((target) => fileProblems(path, target, sources));
  return packageProblems(path, link, packages);
}

function fileProblems(path: string, target: string, sources: Sources): string[] {
  const problems = [];
  if (!sources.has(target)) problems.push(`${path} imports ${target}, which is not a source file`);
  const [from, to] = [layerOf(path), layerOf(target)];
  if (from !== to && !layers[from]?.includes(to)) problems.push(`${path} must not import ${target}`);
  const inner = target.split("/").findIndex((part) => part.startsWith("_"));
  const owner = target.split("/").slice(0, inner).join("/");
  if (inner >= 0 && !path.startsWith(`${owner}/`)) problems.push(`${path} imports ${target}, private to ${owner}/`);
  return problems;
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
function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
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

import { posix, sep } from "node:path";
import { misuse } from "../stop.ts";
import { importLine, type ModuleStyle } from "./code.ts";
import type { Framework, Written } from "./framework.ts";
import type { Project } from "./project.ts";

/** Where the file goes, and what its ending says. */
export interface Target {
  /** From the folder of the application, with slashes. */
  readonly file: string;
  readonly isTyped: boolean;
  readonly style: ModuleStyle;
}

const endings = /\.([cm]?)(ts|js)$/;

export function usualFile({ place }: Framework, { hasSrc }: Project, isTyped: boolean): string {
  return `${place ?? (hasSrc ? "src/sessions" : "sessions")}.${isTyped ? "ts" : "js"}`;
}

/** @throws Stop */
export function targetOf(given: string, { bundles }: Framework, { isModule }: Project): Target {
  const file = posix.normalize(given.replaceAll(sep, "/"));
  const [, kind, language] = endings.exec(file) ?? [];
  if (language === undefined) throw misuse("The file needs a name that ends with .ts or .js. Nothing was written.");
  if (file.startsWith("../") || posix.isAbsolute(file))
    throw misuse("The file goes into the folder of the application. Nothing was written.");
  const isEsm = kind === "m" || (kind !== "c" && (isModule || bundles));
  return { file, isTyped: language === "ts", style: isEsm ? "esm" : "commonjs" };
}

/** How other files name the one that was written. */
export function writtenAt(target: Target, framework: Framework, project: Project): Written {
  const { file, isTyped, style } = target;
  const bare = file.replace(endings, "") + importedEnding(target, framework, project);
  const syntax: ModuleStyle = isTyped ? "esm" : style;
  const specifier = (into: string = file): string => {
    const path = posix.relative(posix.dirname(into), bare);
    return path.startsWith(".") ? path : `./${path}`;
  };
  return {
    isTyped,
    specifier,
    importing: (names, into) => importLine({ from: specifier(into), names }, syntax),
    importingFrom: (from, names) => importLine({ from, names }, syntax),
  };
}

/** Bundlers and `require` find a file without it. What Node itself imports is named as it will be once compiled. */
function importedEnding({ file, isTyped, style }: Target, { bundles }: Framework, { namesSources }: Project): string {
  const [own = "", kind = ""] = endings.exec(file) ?? [];
  if (bundles || (isTyped && style === "commonjs" && kind === "")) return "";
  return isTyped && namesSources ? own : `.${kind}js`;
}

/** How modules are written: as ES modules, or for `require`. */
export type ModuleStyle = "esm" | "commonjs";

/** What a module takes from another one. */
export interface Import {
  readonly from: string;
  readonly names: readonly string[];
  /** Needed by the compiler only. */
  readonly isType?: boolean;
}

export function importLine({ from, names, isType = false }: Import, style: ModuleStyle): string {
  const list = names.length === 0 ? "{}" : `{ ${names.join(", ")} }`;
  if (style === "commonjs") return `const ${list} = require("${from}");`;
  return `import ${isType ? "type " : ""}${list} from "${from}";`;
}

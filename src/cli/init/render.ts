import { type Import, importLine, type ModuleStyle } from "./code.ts";
import type { Framework } from "./framework.ts";
import type { StoreChoice } from "./store-choice.ts";

/** What the file is written for. */
export interface Plan {
  readonly framework: Framework;
  readonly store: StoreChoice;
  readonly isTyped: boolean;
  readonly style: ModuleStyle;
}

/** The text of the file. */
export function render({ framework, store, isTyped, style }: Plan): string {
  const { adapter, options = [], exported, main, types, augments } = framework;
  const needsSession = isTyped && types?.some((line) => line.includes("Session<")) === true;
  const imports: Import[] = [
    { from: "coatcheck", names: ["createSessions", ...(needsSession ? ["type Session"] : [])] },
    ...(adapter ? [adapter] : []),
    store.import,
    ...(isTyped && augments !== undefined ? [{ from: augments, names: [], isType: true }] : []),
  ];
  const publish = style === "esm" || isTyped ? "export " : "";
  const names = ["sessions", ...(exported ? [exported.name] : [])];
  return [
    ...imports.map((one) => importLine(one, isTyped ? "esm" : style)),
    "",
    ...(isTyped
      ? [
          "/** What a session holds. Write your own keys here. */",
          "export interface Visit {",
          "  views: number;",
          "}",
          "",
        ]
      : []),
    ...(store.before ?? []),
    `${publish}const sessions = createSessions${isTyped ? "<Visit>" : ""}({`,
    `  store: ${store.value},`,
    '  idleTimeout: "8h",',
    ...options.map((line) => `  ${line}`),
    "});",
    ...(exported ? ["", `${publish}const ${exported.name} = ${exported.value};`] : []),
    ...(main === undefined ? [] : ["", `export default ${main};`]),
    ...(isTyped && types ? ["", ...types] : []),
    ...(publish === "" ? ["", `module.exports = { ${names.join(", ")} };`] : []),
    "",
  ].join("\n");
}

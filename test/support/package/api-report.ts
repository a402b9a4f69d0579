import { relative, sep } from "node:path";
import ts from "typescript";
import type { EntryPoint } from "./entry-points.ts";

/**
 * What an application can import, and everything that this speaks of, with its signatures. One text for each entry point,
 * by the name of its file, and one for what several share. Comments and the order of files make no difference.
 */
export function apiReport(folder: string, entries: readonly EntryPoint[]): Map<string, string> {
  const files = entries.map(({ file }) => `${folder}/${file.replace(/^dist\//, "").replace(/\.js$/, ".d.ts")}`);
  const program = ts.createProgram(files, { module: ts.ModuleKind.NodeNext, noEmit: true, types: [] });
  const checker = program.getTypeChecker();
  const homeOf = (file: ts.SourceFile) =>
    relative(folder, file.fileName)
      .replaceAll(sep, "/")
      .replace(/\.d\.ts$/, "");
  // An entry point owns its folder, and one that has none its file.
  const owned = entries.map(({ specifier, file }) => {
    const home = file.replace(/^dist\//, "").replace(/(?<=\/)index\.js$|\.js$/, "");
    return { home, area: areaOfEntry(specifier) };
  });
  const areaOf = (home: string): string =>
    owned.find((own) => (own.home.endsWith("/") ? home.startsWith(own.home) : home === own.home))?.area ?? "shared";

  const reached = reachableFrom(files, program, checker);
  const sections = new Map<string, string[]>();
  for (const file of program.getSourceFiles()) {
    const statements = file.statements.filter((statement) => reached.has(statement));
    if (statements.length === 0) continue;
    const home = homeOf(file);
    const texts = statements.map((statement) => printer.printNode(ts.EmitHint.Unspecified, statement, file));
    const section = `// ${home}\n\n${texts.join("\n")}\n`;
    sections.set(areaOf(home), [...(sections.get(areaOf(home)) ?? []), section]);
  }

  const heads = entries.map(({ specifier }, at) => {
    const area = areaOfEntry(specifier);
    const lines = exportsOf(files[at]!, program, checker).map(({ name, symbol, isType }) => {
      const [declaration] = symbol.declarations ?? [];
      const home = declaration && homeOf(declaration.getSourceFile());
      const alias = symbol.name === name ? "" : ` is ${symbol.name}`;
      const from = home === undefined || areaOf(home) === area ? "" : ` from ${home}`;
      return `  ${isType ? "type " : ""}${name}${alias}${from}\n`;
    });
    return [area, `${specifier}\n${lines.toSorted().join("")}`] as const;
  });
  const texts = [...heads, ["shared", "what several entry points share, and what these speak of\n"] as const];
  return new Map(texts.map(([area, head]) => [area, [head, ...(sections.get(area) ?? []).toSorted()].join("\n")]));
}

const printer = ts.createPrinter({ removeComments: true });

/** `coatcheck/stores/redis` is in `stores/redis`, and `coatcheck` is in `index`. */
const areaOfEntry = (specifier: string): string => specifier.split("/").slice(1).join("/") || "index";

interface Exported {
  readonly name: string;
  readonly symbol: ts.Symbol;
  readonly isType: boolean;
}

function exportsOf(file: string, program: ts.Program, checker: ts.TypeChecker): Exported[] {
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${file} is not a module`);
  return checker.getExportsOfModule(module).map((exported) => {
    const symbol = resolve(exported, checker);
    const typeOnly = exported.declarations?.some(ts.isTypeOnlyExportDeclaration) ?? false;
    return { name: exported.name, symbol, isType: typeOnly || (symbol.flags & ts.SymbolFlags.Value) === 0 };
  });
}

const resolve = (symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

/** The statements that declare what the files export, and what these declarations name, and so on. */
function reachableFrom(files: readonly string[], program: ts.Program, checker: ts.TypeChecker): Set<ts.Statement> {
  const reached = new Set<ts.Statement>();
  const add = (symbol: ts.Symbol | undefined): void => {
    for (const declaration of (symbol && resolve(symbol, checker).declarations) ?? []) {
      const statement = ts.findAncestor(declaration, (node) => ts.isSourceFile(node.parent ?? node));
      // A member of another declaration comes with it, and a package has its own report.
      if (statement === undefined || ts.isSourceFile(statement) || reached.has(statement as ts.Statement)) continue;
      if (program.isSourceFileFromExternalLibrary(statement.getSourceFile())) continue;
      if (program.isSourceFileDefaultLibrary(statement.getSourceFile())) continue;
      if (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) continue;
      reached.add(statement as ts.Statement);
      visit(statement);
      // What a file adds to other modules, whoever imports it gets.
      for (const other of statement.getSourceFile().statements) {
        if (!ts.isModuleDeclaration(other) || reached.has(other)) continue;
        reached.add(other);
        visit(other);
      }
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) add(checker.getSymbolAtLocation(node));
    ts.forEachChild(node, visit);
  };
  for (const file of files) for (const { symbol } of exportsOf(file, program, checker)) add(symbol);
  return reached;
}

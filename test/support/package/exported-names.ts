import ts from "typescript";

export interface ExportedNames {
  readonly values: string[];
  readonly types: string[];
}

/** The public names of declaration files, as a user's compiler sees them. */
export function exportedNames(files: readonly string[]): ExportedNames[] {
  const program = ts.createProgram(files, { module: ts.ModuleKind.NodeNext, noEmit: true, types: [] });
  const checker = program.getTypeChecker();

  const isValue = (symbol: ts.Symbol): boolean => {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    const typeOnly = symbol.declarations?.some(ts.isTypeOnlyExportDeclaration) ?? false;
    return !typeOnly && (target.flags & ts.SymbolFlags.Value) !== 0;
  };

  return files.map((file) => {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${file} is not a module`);
    const symbols = checker.getExportsOfModule(module).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return {
      values: symbols.filter(isValue).map(({ name }) => name),
      types: symbols.filter((symbol) => !isValue(symbol)).map(({ name }) => name),
    };
  });
}

import ts from "typescript";

export interface Import {
  readonly specifier: string;
  /** static: also `export … from`. type: `import type`, `export type … from` and `import("…")` in a type. */
  readonly kind: "static" | "dynamic" | "type";
}

export interface Links {
  readonly imports: readonly Import[];
  readonly hasDefaultExport: boolean;
  /** An `import()` of something that only running the file can tell. */
  readonly hasComputedImport: boolean;
}

/** What one source file imports and whether it has a default export. */
export function linksOf(path: string, text: string): Links {
  const imports: Import[] = [];
  let hasDefaultExport = false;
  let hasComputedImport = false;

  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      imports.push({ specifier: textOf(node.moduleSpecifier), kind: isTypeOnly(node) ? "type" : "static" });
    } else if (ts.isExportDeclaration(node)) {
      if (node.moduleSpecifier !== undefined) {
        imports.push({ specifier: textOf(node.moduleSpecifier), kind: node.isTypeOnly ? "type" : "static" });
      }
      if (exportsDefault(node)) hasDefaultExport = true;
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      imports.push({ specifier: textOf(node.argument.literal), kind: "type" });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [target] = node.arguments;
      if (target !== undefined && ts.isStringLiteralLike(target)) {
        imports.push({ specifier: target.text, kind: "dynamic" });
      } else hasComputedImport = true;
    } else if (ts.isExportAssignment(node) || hasDefaultModifier(node)) {
      hasDefaultExport = true;
    }
    ts.forEachChild(node, visit);
  };

  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
  return { imports, hasDefaultExport, hasComputedImport };
}

const textOf = (node: ts.Node): string => (ts.isStringLiteralLike(node) ? node.text : "");

const isTypeOnly = (node: ts.ImportDeclaration): boolean =>
  node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;

function exportsDefault({ exportClause }: ts.ExportDeclaration): boolean {
  if (exportClause === undefined) return false;
  const names = ts.isNamedExports(exportClause) ? exportClause.elements.map(({ name }) => name) : [exportClause.name];
  return names.some(({ text }) => text === "default");
}

const hasDefaultModifier = (node: ts.Node): boolean =>
  ts.canHaveModifiers(node) &&
  (ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) ?? false);

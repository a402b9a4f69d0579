// What applies to `require` where Node's own cannot load an ES module: Jest, and TypeScript with `module: node16`. Node
// 20.19 and newer, Bun, Deno and bundlers never come here, so nothing exists twice in them; see "exports".
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import ts from "typescript";

/** The name under which an ES module says what `require` returns. */
const whole = "module.exports";

/** Writes dist/commonjs: each file of `dist` as CommonJS, and for each entry point types that lead to those of `dist`. */
export async function commonjs(root) {
  const dist = join(root, "dist");
  const target = join(dist, "commonjs");
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).map((path) => path.replaceAll(sep, "/"));
  const modules = files.filter((path) => path.endsWith(".js") && !path.startsWith("cli/"));
  await build({
    entryPoints: {
      ...Object.fromEntries(modules.map((path) => [path.slice(0, -".js".length), join(dist, path)])),
      [devalue]: "devalue",
    },
    plugins: [oneFileEach(dist)],
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    packages: "external",
    // Else Jest would need Node's experimental modules for what is loaded late.
    supported: { "dynamic-import": false },
    absWorkingDir: root,
    outdir: target,
    outExtension: { ".js": ".cjs" },
    tsconfigRaw: {},
  });
  const copied = join(target, `${devalue}.cjs`);
  const licence = readFileSync(fileURLToPath(new URL("../LICENSE", import.meta.resolve("devalue"))), "utf8");
  // Where the package is installed must not show, else every folder would have its own bytes.
  const code = readFileSync(copied, "utf8").replaceAll(/^\/\/ \S*(?=node_modules\/devalue\/)/gm, "// ");
  writeFileSync(
    copied,
    `/*\ndevalue, which this file is a copy of, has this licence:\n\n${licence.trim()}\n*/\n${code}`,
  );
  const entries = modules.filter(
    (path) => files.includes(path.replace(/\.js$/, ".d.ts")) && !path.startsWith("crypto/"),
  );
  for (const { path, lines, isWhole } of declarations(dist, entries)) {
    const file = join(target, path.slice(0, -".js".length));
    writeFileSync(`${file}.d.cts`, `${lines.join("\n")}\n`);
    if (!isWhole) continue;
    appendFileSync(`${file}.cjs`, `module.exports = module.exports["${whole}"];\n`);
    // TypeScript before 5.6 cannot read such a name, and whoever requires the module has the types above.
    const types = join(dist, path.replace(/\.js$/, ".d.ts"));
    writeFileSync(types, readFileSync(types, "utf8").replace(new RegExp(`, \\w+ as "${whole}"`), ""));
  }
}

/** It is an ES module only, so it comes along. */
const devalue = "shared/devalue";

function oneFileEach(dist) {
  const link = (importer, file) => {
    const way = relative(dirname(importer), join(dist, file)).replaceAll(sep, "/").replace(/\.js$/, ".cjs");
    return { path: way.startsWith(".") ? way : `./${way}`, external: true };
  };
  return {
    name: "one file each",
    setup({ onResolve }) {
      onResolve({ filter: /.*/ }, ({ path, importer, kind, resolveDir }) => {
        if (kind === "entry-point")
          return path === "devalue" ? { path: fileURLToPath(import.meta.resolve(path)) } : undefined;
        if (!importer.startsWith(dist + sep)) return undefined;
        if (path === "devalue") return link(importer, `${devalue}.js`);
        if (path === "#crypto") return link(importer, "crypto/node.js");
        return path.startsWith(".") ? link(importer, relative(dist, join(resolveDir, path))) : { path, external: true };
      });
    },
  };
}

/** The types are those of the ES module, by reference: a session of one is a session of the other. */
function declarations(dist, entries) {
  const files = entries.map((path) => join(dist, path.replace(/\.js$/, ".d.ts")));
  const program = ts.createProgram(files, { module: ts.ModuleKind.NodeNext, noEmit: true, types: [] });
  const checker = program.getTypeChecker();
  return entries.map((path, at) => {
    const from = JSON.stringify(relative(dirname(join("commonjs", path)), path).replaceAll(sep, "/"));
    const mode = 'with { "resolution-mode": "import" }';
    const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(files[at])));
    const kindOf = (symbol) => {
      const { flags } = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const typeOnly = symbol.declarations?.some(ts.isTypeOnlyExportDeclaration) ?? false;
      return {
        isValue: !typeOnly && (flags & ts.SymbolFlags.Value) !== 0,
        isType: (flags & (ts.SymbolFlags.Type | ts.SymbolFlags.Class)) !== 0,
      };
    };
    const head = `import type * as es from ${from} ${mode};`;
    if (exported.some(({ name }) => name === whole)) {
      const types = exported
        .filter((symbol) => kindOf(symbol).isType)
        .map(({ name }) => `  type ${name} = es.${name};`);
      const names = ["declare namespace whole {", ...types.toSorted(), "}"];
      return {
        path,
        isWhole: true,
        lines: [head, "declare const whole: typeof es.default;", ...names, "export = whole;"],
      };
    }
    const lines = exported.flatMap((symbol) => {
      const { isValue, isType } = kindOf(symbol);
      if (!isValue) return [];
      const value = `export declare const ${symbol.name}: typeof es.${symbol.name};`;
      if (!isType) return [value];
      const { declared, given } = parametersOf(symbol, checker, (name, file) => {
        const way = relative(dirname(join(dist, "commonjs", path)), file).replaceAll(sep, "/");
        return `import("${way.replace(/\.d\.ts$/, ".js")}", { with: { "resolution-mode": "import" } }).${name}`;
      });
      return [value, `export type ${symbol.name}${declared} = es.${symbol.name}${given};`];
    });
    return { path, isWhole: false, lines: [head, `export type * from ${from} ${mode};`, ...lines.toSorted()] };
  });
}

/** The type parameters of a type as they are declared, with what they name by `refer`, and as they are given on. */
function parametersOf(symbol, checker, refer) {
  const resolve = (found) => (found.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found);
  const [parameters = []] = resolve(symbol).declarations.flatMap((declaration) =>
    ts.isFunctionLike(declaration) || !declaration.typeParameters ? [] : [declaration.typeParameters],
  );
  if (parameters.length === 0) return { declared: "", given: "" };
  const own = new Set(parameters.map(({ name }) => name.text));
  const textOf = (node) => {
    let text = node.getText();
    const visit = (inner) => {
      // From the end, so that the places before stay right.
      for (const child of inner.getChildren().toReversed()) visit(child);
      if (!ts.isIdentifier(inner) || own.has(inner.text)) return;
      const found = checker.getSymbolAtLocation(inner);
      const file = found && resolve(found).declarations?.[0]?.getSourceFile();
      if (file === undefined || file.hasNoDefaultLib) return;
      const at = inner.getStart() - node.getStart();
      text = text.slice(0, at) + refer(resolve(found).name, file.fileName) + text.slice(at + inner.text.length);
    };
    visit(node);
    return text;
  };
  return { declared: `<${parameters.map(textOf).join(", ")}>`, given: `<${[...own].join(", ")}>` };
}

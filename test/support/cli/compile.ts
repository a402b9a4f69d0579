import { join } from "node:path";
import ts from "typescript";

const parsed = new Map<string, ts.SourceFile | undefined>();

/** Compiles files of an application as its `tsc` would, strictly, into `dist`. Returns what is wrong with them. */
export function compileApp(folder: string, files: readonly string[], options: ts.CompilerOptions = {}): string[] {
  const settings: ts.CompilerOptions = {
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noImplicitOverride: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ["node"],
    experimentalDecorators: true,
    outDir: join(folder, "dist"),
    rootDir: folder,
    ...options,
  };
  const host = ts.createCompilerHost(settings);
  const read = host.getSourceFile.bind(host);
  // The libraries are the same for all applications.
  host.getSourceFile = (file, ...rest) => {
    if (!file.includes("/typescript/lib/")) return read(file, ...rest);
    if (!parsed.has(file)) parsed.set(file, read(file, ...rest));
    return parsed.get(file);
  };
  const program = ts.createProgram(
    files.map((file) => join(folder, file)),
    settings,
    host,
  );
  const { diagnostics } = program.emit();
  return [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(
    ({ file, messageText }) => `${file?.fileName ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
  );
}

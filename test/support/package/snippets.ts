import { join } from "node:path";
import ts from "typescript";
import { root } from "./manifest.ts";
import type { CodeBlock, Page } from "./markdown.ts";

const extensions: Readonly<Record<string, string>> = { ts: "ts", typescript: "ts", js: "js", javascript: "js" };

/**
 * Type-checks the code blocks of pages against the built package, in one program. Each block is a module of its own,
 * unless it is marked:
 *
 * - `ts continue`: it goes on where the block before it ended.
 * - `ts no-check`: it is left out; an HTML comment before it has to say why.
 *
 * A block that begins with a comment such as `// sessions.ts` can be imported by the others of its page under that name.
 */
export function findSnippetProblems(pages: ReadonlyMap<string, Page>): string[] {
  const problems: string[] = [];
  const modules = new Map<string, { path: string; text: string }>();
  for (const [path, { blocks }] of pages) {
    let current: { path: string; text: string } | undefined;
    for (const block of blocks) {
      const extension = extensions[block.language];
      if (extension === undefined) continue;
      if (block.marks.includes("no-check")) {
        if (!/^<!-- .*\S.* -->$/.test(block.before.trim())) {
          problems.push(`${path}:${block.line}: no-check needs a reason, in an HTML comment before the block`);
        }
      } else if (block.marks.includes("continue")) {
        if (current === undefined) problems.push(`${path}:${block.line}: there is no block to continue`);
        else current.text = padded(current.text, block);
      } else {
        current = { path, text: padded("", block) };
        modules.set(fileNameFor(path, block, extension), current);
      }
    }
  }
  return [...problems, ...compile(modules)];
}

/** Blank lines before the code make its line numbers those of the page. */
function padded(text: string, { line, code }: CodeBlock): string {
  return `${text}${"\n".repeat(line - text.split("\n").length)}${code}`;
}

function fileNameFor(path: string, { code, line }: CodeBlock, extension: string): string {
  const named = /^\/\/ ([\w./-]+\.[tj]s)\s*(\n|$)/.exec(code);
  return join(root, `${path}.snippets`, named?.[1] ?? `line-${line}.${extension}`);
}

function compile(modules: ReadonlyMap<string, { path: string; text: string }>): string[] {
  const options = userOptions();
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (file) => modules.has(file) || disk.fileExists(file),
    directoryExists: (folder) =>
      [...modules.keys()].some((file) => file.startsWith(`${folder}/`)) || ts.sys.directoryExists(folder),
    readFile: (file) => modules.get(file)?.text ?? disk.readFile(file),
    getSourceFile: (file, languageVersion, ...rest) => {
      const module = modules.get(file);
      if (module === undefined) return disk.getSourceFile(file, languageVersion, ...rest);
      return ts.createSourceFile(file, module.text, languageVersion);
    },
  };
  const program = ts.createProgram([...modules.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const message = ts.flattenDiagnosticMessageText(messageText, "\n");
    if (file === undefined) return message;
    const line = file.getLineAndCharacterOfPosition(start ?? 0).line + 1;
    return `${modules.get(file.fileName)?.path ?? file.fileName}:${line}: ${message}`;
  });
}

/** The settings of this project, less what is only for its own sources. */
function userOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { paths, outDir, rootDir, declaration, isolatedDeclarations, noUnusedLocals, noUnusedParameters, ...kept } =
    config.compilerOptions;
  // As Nest has it.
  const own = { allowJs: true, checkJs: true, experimentalDecorators: true };
  const { options, errors } = ts.convertCompilerOptionsFromJson({ ...kept, ...own }, root);
  if (errors.length > 0) throw new Error(errors.map(({ messageText }) => messageText).join("\n"));
  return options;
}

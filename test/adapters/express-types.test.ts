import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const config = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config as object;
const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root);

/** What the compiler says of a program of this one file, in which nobody else has merged anything. */
function problems(text: string): string[] {
  const path = `${root}test/adapters/_program.ts`;
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (name) => (name === path ? text : readFile(name));
  host.fileExists = (name) => name === path || fileExists(name);
  host.getSourceFile = (name, target, ...rest) =>
    name === path ? ts.createSourceFile(name, text, target) : getSourceFile(name, target, ...rest);
  const program = ts.createProgram([path], options, host);
  return program
    .getSemanticDiagnostics(program.getSourceFile(path))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

describe("the types of coatcheck/express", () => {
  it("the types of coatcheck/express declare nothing on the request of an application that merges nothing", () => {
    const text = `
      import { session } from "coatcheck/express";
      import type { Request } from "express";
      void session;
      export const read = (req: Request) => req.session;
    `;
    expect(problems(text)).toEqual([expect.stringContaining("'session' does not exist")]);
  });

  it("the types of coatcheck/express leave the request.session of another package alone", () => {
    const text = `
      import { session } from "coatcheck/express";
      import type { Request } from "express";
      void session;
      declare global { namespace Express { interface Request { session: { cookie: string } } } }
      export const read = (req: Request): string => req.session.cookie;
    `;
    expect(problems(text)).toEqual([]);
  });
});

import ts from "typescript";

/** What declaration files say about the names that they export. */
export class Declarations {
  readonly #program: ts.Program;
  readonly #checker: ts.TypeChecker;

  constructor(files: readonly string[]) {
    this.#program = ts.createProgram(files, { module: ts.ModuleKind.NodeNext, noEmit: true, strict: true, types: [] });
    this.#checker = this.#program.getTypeChecker();
  }

  /** What `file` exports without a doc comment. */
  undocumented(file: string): string[] {
    return this.#exportsOf(file)
      .filter((symbol) => symbol.declarations?.some((one) => this.#isOwn(one)))
      .filter((symbol) => symbol.getDocumentationComment(this.#checker).length === 0)
      .map(({ name }) => name);
  }

  /** The members of an exported interface, each with its `@default`. */
  defaultsOf(file: string, name: string): Map<string, string | undefined> {
    const members = this.#checker.getDeclaredTypeOfSymbol(this.#find(file, name)).getProperties();
    return new Map(
      members.map((member) => {
        const tag = member.getJsDocTags(this.#checker).find((one) => one.name === "default");
        return [member.name, tag && ts.displayPartsToString(tag.text)];
      }),
    );
  }

  /** The members of an exported union of strings. */
  stringsOf(file: string, name: string): string[] {
    const type = this.#checker.getDeclaredTypeOfSymbol(this.#find(file, name));
    return (type as ts.UnionType).types.map((one) => (one as ts.StringLiteralType).value);
  }

  #exportsOf(file: string): ts.Symbol[] {
    const source = this.#program.getSourceFile(file);
    const module = source && this.#checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${file} is not a module`);
    return this.#checker
      .getExportsOfModule(module)
      .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol));
  }

  #find(file: string, name: string): ts.Symbol {
    const found = this.#exportsOf(file).find((symbol) => symbol.name === name);
    if (found === undefined) throw new Error(`${file} does not export ${name}`);
    return found;
  }

  #isOwn(declaration: ts.Declaration): boolean {
    return !this.#program.isSourceFileFromExternalLibrary(declaration.getSourceFile());
  }
}

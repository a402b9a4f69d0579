import type { Import } from "./code.ts";

/** Something that is left to do by hand. */
export interface Step {
  /** The file that the code belongs to, if the framework prescribes one. */
  readonly file?: string;
  /** Said before the code. */
  readonly about?: string;
  readonly code: readonly string[];
}

/** What steps need to know of the file that was written. */
export interface Written {
  readonly isTyped: boolean;
  /** Names that file, for an import in the file `into`, else in one beside it. */
  specifier(into?: string): string;
  /** Imports from that file. */
  importing(names: readonly string[], into?: string): string;
  importingFrom(from: string, names: readonly string[]): string;
}

/** How sessions come into an application of a framework. */
export interface Framework {
  readonly name: string;
  /** As it calls itself. */
  readonly title: string;
  /** One of these in package.json shows it, in a version that `versions` matches. */
  readonly packages: readonly string[];
  readonly versions?: RegExp;
  /** `whole`: it brings its own server, so those of others in package.json say nothing. */
  readonly kind: "whole" | "server";
  /** Whether it bundles the sources: they are ES modules then, whatever package.json says. */
  readonly bundles: boolean;
  /** Where the file goes, without its ending. Absent: `sessions`, in `src` if there is such a folder. */
  readonly place?: string;
  /** The names that come from its entry point. */
  readonly adapter?: Import;
  /** More options for `createSessions()`, one a line. */
  readonly options?: readonly string[];
  /** What the file exports beside `sessions`. */
  readonly exported?: { readonly name: string; readonly value: string };
  /** The module's `export default`. */
  readonly main?: string;
  /** What only the compiler needs. */
  readonly types?: readonly string[];
  /** The module that `types` adds to: without an import of it the compiler may not know it. */
  readonly augments?: string;
  steps(written: Written): readonly Step[];
  /** How a route counts visits. */
  readonly use: string;
}

import type { ExitCode } from "./exit-code.ts";
import type { Host } from "./host.ts";

/** An option of a command. */
export interface Option {
  /** Stands for the value in the help. Absent: the option is a flag. */
  readonly value?: string;
  readonly about: string;
}

export type Options = Readonly<Record<string, Option>>;

/** What a command was called with. */
export interface Input {
  readonly host: Host;
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
}

/** What a command found out, for a person and for a program. */
export interface Report {
  /** @default done */
  readonly code?: ExitCode;
  readonly lines: readonly string[];
  /** Printed instead of the lines with `--json`. Dates become ISO 8601. */
  readonly data: unknown;
  /** Whether `data` is the last line of several. @default false */
  readonly inOneLine?: boolean;
}

export interface Command {
  readonly name: string;
  /** One sentence without a full stop. */
  readonly summary: string;
  /** The operands in the usage line, such as `<id>...`. */
  readonly operands?: string;
  /** The smallest and the largest number of operands. @default none */
  readonly operandCount?: readonly [least: number, most: number];
  /** The operands that make sense, for completion. */
  readonly choices?: readonly string[];
  readonly options: Options;
  /** More lines of help. */
  readonly about?: readonly string[];
  readonly examples: readonly string[];
  run(input: Input): Promise<Report>;
}

/** Returns the value of an option. */
export function textOf({ options }: Input, name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" ? value : undefined;
}

export const isSet = ({ options }: Input, name: string): boolean => options[name] === true;

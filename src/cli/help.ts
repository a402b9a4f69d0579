import { optionsOf } from "./arguments.ts";
import type { Command } from "./command.ts";

/** Lines of two columns. */
function columns(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd());
}

export function overview(commands: readonly Command[]): string[] {
  return [
    "coatcheck looks after the sessions of an application.",
    "",
    "Usage: coatcheck <command> [options]",
    "",
    "Commands:",
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    "",
    'The store is named by --store or SESSION_STORE. "coatcheck <command> --help" shows the options of a command.',
    "",
    "Exit codes: 0 done, 1 the answer is no, 2 not understood, 3 failed.",
  ];
}

export function commandHelp(command: Command): string[] {
  const { name, summary, operands, about = [], examples } = command;
  const rows = Object.entries(optionsOf(command)).map(
    ([option, { value, about: text }]) => [`--${option}${value === undefined ? "" : ` ${value}`}`, text] as const,
  );
  return [
    `${summary}.`,
    "",
    `Usage: ${["coatcheck", name, operands, "[options]"].filter(Boolean).join(" ")}`,
    ...(about.length === 0 ? [] : ["", ...about]),
    "",
    "Options:",
    ...columns(rows),
    "",
    "Examples:",
    ...examples.map((example) => `  ${example}`),
  ];
}

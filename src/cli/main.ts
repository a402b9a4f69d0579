import { readFileSync } from "node:fs";
import { nearest } from "../core/language/known-keys.ts";
import { readArguments } from "./arguments.ts";
import { isSet, type Report } from "./command.ts";
import { commands } from "./commands.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { explain } from "./explain.ts";
import { jsonLine, jsonText, printable } from "./format.ts";
import { commandHelp, overview } from "./help.ts";
import { type Host, nodeHost } from "./host.ts";
import { misuse } from "./stop.ts";

/** Runs the command that the arguments name. Returns the exit code of the process. */
export async function main(args: readonly string[], host: Host = nodeHost()): Promise<ExitCode> {
  const asJson = args.includes("--json");
  try {
    const { code = exitCode.done, lines, data, inOneLine = false } = await answer(args, host);
    const json = inOneLine ? jsonLine : jsonText;
    host.print(asJson ? `${json(data)}\n` : lines.map((line) => `${printable(line)}\n`).join(""));
    return code;
  } catch (error) {
    const { code, message } = explain(error);
    host.terminal?.draw("");
    host.warn(`${printable(message)}\n`);
    if (asJson) host.print(`${jsonText({ error: message })}\n`);
    return code;
  }
}

async function answer(args: readonly string[], host: Host): Promise<Report> {
  const [first = "--help", ...rest] = args;
  if (first === "--version") return told([version()], version());
  const isHelp = first === "help" || first === "--help" || first === "-h";
  const name = isHelp ? rest.find((word) => !word.startsWith("-")) : first;
  if (name === undefined) return told(overview(commands), { commands: commands.map((command) => command.name) });
  const command = commands.find((one) => one.name === name);
  if (!command) {
    const meant = nearest(
      name,
      commands.map((one) => one.name),
    );
    const hint = meant === undefined ? "" : ` Did you mean "${meant}"?`;
    throw misuse(`There is no command "${name}".${hint} "coatcheck --help" lists them.`);
  }
  const help = commandHelp(command);
  if (isHelp) return told(help, help.join("\n"));
  const input = { ...readArguments(command, rest), host };
  return isSet(input, "help") ? told(help, help.join("\n")) : command.run(input);
}

const told = (lines: readonly string[], data: unknown): Report => ({ lines, data });

/** Of the package, two folders above the built file as above the source. */
function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

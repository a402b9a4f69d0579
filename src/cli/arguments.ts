import { parseArgs } from "node:util";
import { nearest } from "../core/language/known-keys.ts";
import type { Command, Input, Options } from "./command.ts";
import { misuse } from "./stop.ts";

/** The options that every command has. */
const commonOptions: Options = {
  json: { about: "print the answer as JSON" },
  help: { about: "print this help" },
};

export const optionsOf = (command: Command): Options => ({ ...command.options, ...commonOptions });

/** Reads the arguments of a command. @throws Stop */
export function readArguments(command: Command, args: readonly string[]): Pick<Input, "options" | "operands"> {
  const options = optionsOf(command);
  const names = Object.keys(options);
  const help = `"coatcheck ${command.name} --help" shows what there is.`;
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(options).map(([name, { value }]) => [name, { type: value === undefined ? "boolean" : "string" }]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const found: Record<string, string | boolean> = {};
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value } = token;
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (rawName === "-h") found.help = true;
    else if (!option || !rawName.startsWith("--")) throw misuse(`${unknown(rawName, names)} ${help}`);
    else if (option.value === undefined && value !== undefined) throw misuse(`${rawName} takes no value. ${help}`);
    else if (option.value !== undefined && !value) throw misuse(`${rawName} needs a value: ${option.value}. ${help}`);
    else if (Object.hasOwn(found, name)) throw misuse(`${rawName} is given twice. ${help}`);
    else found[name] = value ?? true;
  }
  if (found.help === undefined) checkCount(command, operands.length);
  return { options: found, operands };
}

function unknown(rawName: string, names: readonly string[]): string {
  if (!rawName.startsWith("--")) {
    return `There are no options with one hyphen. An id that begins with a hyphen goes behind two of them, as in "coatcheck show -- -abc".`;
  }
  const meant = nearest(rawName.slice(2), names);
  return `There is no option ${rawName}.${meant === undefined ? "" : ` Did you mean --${meant}?`}`;
}

function checkCount({ name, operands = "", operandCount = [0, 0] }: Command, count: number): void {
  const [least, most] = operandCount;
  if (count >= least && count <= most) return;
  const wanted = operands === "" ? "takes no arguments but options" : `is called as "coatcheck ${name} ${operands}"`;
  throw misuse(`${name} ${wanted}. "coatcheck ${name} --help" shows examples.`);
}

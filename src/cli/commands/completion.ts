import { optionsOf } from "../arguments.ts";
import type { Command } from "../command.ts";
import { misuse } from "../stop.ts";

const shells: Readonly<Record<string, (commands: readonly Command[]) => string>> = { bash, zsh };

/** @param commands all commands, this one too */
export const completion = (commands: () => readonly Command[]): Command => ({
  name: "completion",
  summary: "Prints a script that completes commands and options with the Tab key",
  operands: "<shell>",
  operandCount: [1, 1],
  choices: Object.keys(shells),
  options: {},
  about: ["The shell must find the command: add node_modules/.bin to PATH, or install the package globally."],
  examples: ["source <(coatcheck completion bash)", "source <(coatcheck completion zsh)"],
  run: async ({ operands: [shell = ""] }) => {
    const write = Object.hasOwn(shells, shell) ? shells[shell] : undefined;
    if (!write) throw misuse(`There is no completion for "${shell}". There is one for bash and one for zsh.`);
    const script = write(commands());
    return { lines: [script], data: { shell, script } };
  },
});

const words = (command: Command): string =>
  [...(command.choices ?? []), ...Object.keys(optionsOf(command)).map((name) => `--${name}`)].join(" ");

function bash(commands: readonly Command[]): string {
  return `_coatcheck() {
  local words
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${commands.map(({ name }) => name).join(" ")} --help --version"
  else
    case "\${COMP_WORDS[1]}" in
${commands.map((command) => `      ${command.name}) words="${words(command)}" ;;`).join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _coatcheck coatcheck`;
}

function zsh(commands: readonly Command[]): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const option = ([name, { value, about }]: [string, Command["options"][string]]): string =>
    quoted(
      `--${name}[${about.replaceAll(/[[\]:]/g, "\\$&")}]${value === undefined ? "" : `:${value.replaceAll(/[<>]/g, "")}:`}`,
    );
  const operands = ({ choices = [] }: Command): string =>
    choices.length === 0 ? "" : ` ${quoted(`:operand:(${choices.join(" ")})`)}`;
  return `#compdef coatcheck
_coatcheck() {
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`).join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case \${words[2]} in
${commands.map((command) => `    ${command.name}) shift words; (( CURRENT-- )); _arguments${operands(command)} ${Object.entries(optionsOf(command)).map(option).join(" ")} ;;`).join("\n")}
  esac
}
compdef _coatcheck coatcheck`;
}

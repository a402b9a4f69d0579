import { createInterface } from "node:readline";
import { misuse } from "./stop.ts";

/** Asks the person at the terminal. */
export interface Questions {
  /** Returns what was typed, or the default. */
  text(question: string, usual: string): Promise<string>;
  /** Returns the position of a choice. `usual` is that of the default, if there is one. */
  choice(question: string, choices: readonly string[], usual: number | undefined): Promise<number>;
  end(): void;
}

/** Whether somebody can answer. What is printed to standard output may go to a program. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

export function askAtTerminal(): Questions {
  const { stdin: input, stderr: output } = process;
  const reader = createInterface({ input, output });
  // Lines that come before their question, as in a paste, are answers too.
  const lines = reader[Symbol.asyncIterator]();
  reader.on("SIGINT", () => reader.close());
  const ask = async (prompt: string): Promise<string> => {
    output.write(prompt);
    const { done, value } = await lines.next();
    if (done) {
      output.write("\n");
      throw misuse("The question was not answered. Nothing was written.");
    }
    return value.trim();
  };
  const choose: Questions["choice"] = async (question, choices, usual) => {
    const width = String(choices.length).length;
    output.write(`${question}\n${choices.map((one, at) => `  ${String(at + 1).padStart(width)}  ${one}\n`).join("")}`);
    const hint = usual === undefined ? "" : ` [${usual + 1}]`;
    for (;;) {
      const answer = await ask(`1 to ${choices.length}${hint}: `);
      const at = answer === "" ? usual : Number(answer) - 1;
      if (at !== undefined && choices[at] !== undefined) return at;
    }
  };
  return {
    text: async (question, usual) => (await ask(`${question} [${usual}]: `)) || usual,
    choice: choose,
    end: () => reader.close(),
  };
}

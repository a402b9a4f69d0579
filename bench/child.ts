import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

const loader = new URL("../scripts/tsx.js", import.meta.url).href;

type Reply = { readonly result: unknown } | { readonly error: string };

/** A process of its own, for one part of the measurement; it answers one question at a time. */
export class Child {
  readonly #process: ChildProcess;
  #failure: Error | undefined;
  #waiting: { resolve(result: unknown): void; reject(error: Error): void } | undefined;

  constructor(file: string, args: readonly string[] = [], flags: readonly string[] = []) {
    const path = fileURLToPath(new URL(file, import.meta.url));
    const execArgv = [...flags, "--import", loader];
    this.#process = fork(path, args, { execArgv, env: { ...process.env, NODE_ENV: "production" } });
    this.#process.on("message", (reply: Reply) => {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if ("error" in reply) waiting?.reject(new Error(`${file} ${args.join(" ")}: ${reply.error}`));
      else waiting?.resolve(reply.result);
    });
    this.#process.on("exit", (code) => {
      this.#failure = new Error(`${file} ${args.join(" ")} ended with code ${code}.`);
      this.#waiting?.reject(this.#failure);
    });
  }

  ask<Result>(question: unknown): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      this.#waiting = { resolve: resolve as (result: unknown) => void, reject };
      this.#process.send({ question });
    });
  }

  stop(): void {
    this.#process.kill();
  }
}

/** The child's side: answers each question of the parent, and ends with it. */
export function answerQuestions<Question>(answer: (question: Question) => unknown): void {
  const reply = (message: Reply): void => {
    process.send?.(message);
  };
  process.on("message", async ({ question }: { question: Question }) => {
    try {
      reply({ result: (await answer(question)) ?? null });
    } catch (error) {
      reply({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  process.on("disconnect", () => process.exit());
}

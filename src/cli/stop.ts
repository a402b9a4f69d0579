import { type ExitCode, exitCode } from "./exit-code.ts";

/** Ends a command with a message for the person who called it. */
export class Stop extends Error {
  readonly exitCode: ExitCode;

  constructor(code: ExitCode, message: string) {
    super(message);
    this.exitCode = code;
  }
}

export const misuse = (message: string): Stop => new Stop(exitCode.misuse, message);

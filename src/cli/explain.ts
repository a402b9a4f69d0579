import { reason } from "../stores/shared/client-error.ts";
import { SessionError } from "../types/errors.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import type { Stop } from "./stop.ts";

/** Turns what a command threw into an exit code, and into words that hold no secret. */
export function explain(error: unknown): { readonly code: ExitCode; readonly message: string } {
  if (isStop(error)) return { code: error.exitCode, message: error.message };
  if (SessionError.is(error)) {
    const code = error.code === "INVALID_OPTION" ? exitCode.misuse : exitCode.failed;
    return { code, message: withCause(error) };
  }
  if ((error as { readonly name?: unknown } | undefined)?.name === "TimeoutError") {
    return {
      code: exitCode.failed,
      message: "The store did not answer in time. Is it up, and does a firewall let this host in?",
    };
  }
  return { code: exitCode.failed, message: `This did not work: ${reason(error)}` };
}

const isStop = (error: unknown): error is Stop => typeof error === "object" && error !== null && "exitCode" in error;

/** The words of the database are often those that help. */
function withCause({ message, cause }: SessionError): string {
  if (cause === undefined) return message;
  const told = reason(cause);
  return message.includes(told) ? message : `${message} It says: ${told}`;
}

import { SessionError } from "../core/errors.ts";
import { hasCode } from "./_file-disk.ts";

/** What is known of the reasons for which a file system refuses, as the end of a sentence, and what helps. */
const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "its disk is full. Free space there, or files if it has no inodes left; to end sessions needs neither",
  EDQUOT: "the disk quota is used up. Raise it or free space; to end sessions needs none",
  EMFILE: "this process has too many open files. Raise its limit (ulimit -n), or find what leaves files open",
  ENFILE: "the system has too many open files. Raise its limit, or find what leaves files open",
  EROFS: "its file system is read-only. Mount it for writing",
  EACCES: "this process has no right to. Make the account that it runs as the owner of the directory and all in it",
  EPERM: "this process has no right to. Make the account that it runs as the owner of the directory and all in it",
  EIO: "the disk failed. Check it before it loses more",
};

/** A write of which it is not known whether it happened, or whether it would survive a power failure. */
export class Unsettled extends Error {}

/** A failure as the store tells it: nothing was written, or else the system's own error. */
export function told(directory: string, error: unknown): unknown {
  if (error instanceof Unsettled) return error.cause;
  if (error instanceof SessionError) return error;
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  const reason = reasons[String(code)];
  const why = reason ? `${reason}. (${code})` : `the system says: ${message}`;
  return unavailable(`The session store could not work in "${directory}" and has written nothing: ${why}`, error);
}

export function unavailable(message: string, cause?: unknown): SessionError {
  return new SessionError("STORE_UNAVAILABLE", message, { cause });
}

/** The step that makes a write visible. A system that refuses it has not taken it, unless its disk failed. */
export async function publishing(step: Promise<void>): Promise<void> {
  try {
    await step;
  } catch (error) {
    throw hasCode(error, "EIO") ? unsettled(error) : error;
  }
}

/** What follows that step. */
export async function settling(step: Promise<void>): Promise<void> {
  try {
    await step;
  } catch (error) {
    throw unsettled(error);
  }
}

const unsettled = (cause: unknown): Unsettled => new Unsettled("", { cause });

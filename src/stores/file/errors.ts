import { SessionError } from "../../types/errors.ts";
import { hasCode } from "./filesystem.ts";

/** Why a file system refuses, and what helps. */
const reasons: Readonly<Record<string, readonly [why: string, help: string]>> = {
  ENOSPC: ["the disk is full", "Free space there, or files if it has no inodes left. To end sessions needs neither."],
  EDQUOT: ["the disk quota is used up", "Raise it or free space. To end sessions needs none."],
  EMFILE: ["this process has too many open files", "Raise its limit (ulimit -n), or find what leaves files open."],
  ENFILE: ["the system has too many open files", "Raise its limit, or find what leaves files open."],
  EROFS: ["the file system is read-only", "Mount it for writing."],
  EACCES: ["permission is missing", "Make the account that it runs as the owner of the directory and all in it."],
  EPERM: ["permission is missing", "Make the account that it runs as the owner of the directory and all in it."],
  EIO: ["the disk failed", "Check it before it loses more."],
};

/** A write of which it is not known whether it happened, or whether it would survive a power failure. */
export class UnknownOutcome extends Error {}

/** A failure as the store tells it: nothing was written, or else the system's own error. */
export function toStoreError(directory: string, error: unknown): unknown {
  if (error instanceof UnknownOutcome) return error.cause;
  if (SessionError.is(error)) return error;
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  const [why, help] = reasons[String(code)] ?? ["the system refused", `It says: ${message}`];
  return unavailable(
    `The file store could not work in "${directory}", and wrote nothing: ${why} (${code}). ${help}`,
    error,
  );
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

const unsettled = (cause: unknown): UnknownOutcome => new UnknownOutcome("", { cause });

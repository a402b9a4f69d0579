import { SessionError } from "../../types/errors.ts";
import { hasCode } from "./filesystem.ts";

/** Why a file system refuses an operation, and what to do about it. */
const reasons: Readonly<Record<string, readonly [why: string, help: string]>> = {
  ENOSPC: [
    "the disk is full",
    "Free disk space, or delete files if it has no inodes left. Ending sessions needs neither.",
  ],
  EDQUOT: ["the disk quota is used up", "Raise the quota or free space. Ending sessions needs none."],
  EMFILE: ["this process has too many open files", "Raise its limit (ulimit -n), or find what leaves files open."],
  ENFILE: ["the system has too many open files", "Raise its limit, or find what leaves files open."],
  EROFS: ["the file system is read-only", "Mount it for writing."],
  EACCES: ["permission is missing", "Make the account that it runs as the owner of the directory and all in it."],
  EPERM: ["permission is missing", "Make the account that it runs as the owner of the directory and all in it."],
  EIO: ["the disk failed", "Check it before it loses more."],
};

/** An ambiguous write: it may not have happened, or may not survive a power failure. */
export class UnknownOutcome extends Error {}

/** Converts an error: a `SessionError` where nothing was written, the system's own error after an ambiguous write. */
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

/** Awaits the step that makes a write visible. If it fails, nothing was written, unless the disk failed. */
export async function publishing(step: Promise<void>): Promise<void> {
  try {
    await step;
  } catch (error) {
    throw hasCode(error, "EIO") ? unknownOutcome(error) : error;
  }
}

/** Awaits a step after publishing. If it fails, the write is ambiguous. */
export async function afterPublishing(step: Promise<void>): Promise<void> {
  try {
    await step;
  } catch (error) {
    throw unknownOutcome(error);
  }
}

const unknownOutcome = (cause: unknown): UnknownOutcome => new UnknownOutcome("", { cause });

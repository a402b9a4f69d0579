import { SessionError } from "../../types/errors.ts";
import type { StoredRecord } from "../../types/store.ts";
import type { CookieOverrides } from "../../types/transport.ts";
import { checksum } from "./checksum.ts";
import { type Entries, formatEntries, noEntries, parseEntries } from "./entries.ts";

/** A secret that has ended, by its hash. Until then it may come from a request that was under way; after that it is reused. */
export interface EndedSecret {
  readonly hash: string;
  readonly until: number;
}

/**
 * The library's own fields of a session. An absent field has its most common value. Fields of later releases are
 * preserved.
 */
export interface Control {
  /** The SHA-256 hash of the secret. Absent in a sealed session. */
  readonly hash?: string;
  /** The secret before the last periodic rotation, and the end of its grace period. */
  readonly previous?: EndedSecret;
  /** The nonce that derived the current secret from the previous one, until the current one is seen in use. */
  readonly nonce?: string;
  /** When the secret last changed; absent: at creation. */
  readonly rotatedAt?: number;
  /** The last eight secrets that ended before those, to recognise one that comes back. */
  readonly retired?: readonly EndedSecret[];
  /** Incremented by login and regenerate. A commit prepared under a lower epoch is rejected. Absent: 0. */
  readonly epoch?: number;
  /** The hash of this epoch's first secret. Absent: `hash`, because no periodic rotation has changed it. */
  readonly era?: string;
  /** When the absolute timeout started. Absent: at creation. */
  readonly start?: number;
  readonly authenticatedAt?: number;
  /** Set by `expireAfter`: limits in milliseconds, and when the absolute one ends the session. */
  readonly idle?: number;
  readonly absolute?: number;
  readonly until?: number;
  /** Set by `remember`: yes, no, or yes with this idle timeout in milliseconds. */
  readonly remember?: boolean | number;
  readonly cookie?: CookieOverrides;
  /** When a session without a user ends whose token has not come back yet. */
  readonly probation?: number;
  /** The true `lastSeenAt`, while that of the record is from a clock that was ahead. */
  readonly seenAt?: number;
  /**
   * Made of a session of another library (`legacy`): what tells this record from another one made of the same, the name
   * of the note that says which of them holds, and its id.
   */
  readonly imported?: string;
  /** The ids of up to seven commits before the newest. A commit whose reply was lost finds its own id among them. */
  readonly commits?: readonly string[];
}

/** A parsed record. Immutable: a commit creates the next one. */
export interface SessionState {
  readonly id: string;
  readonly version: number;
  /** The id of the commit that wrote this version. Empty if nothing is stored. */
  readonly commitId: string;
  readonly userId: string | undefined;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly expiresAt: number;
  readonly control: Control;
  /** The data as this version of the application reads it: the output of its schema, if it has one. */
  readonly entries: Entries;
  /** Stored entries that the schema drops or rewrites. They stay stored, so that this version does not lose them. */
  readonly kept: Entries;
  /**
   * The last visit is noted in the body (`seenAt`), or is due to be: the record's own `lastSeenAt` is from the future, or
   * with `pepper` anybody's.
   */
  readonly visitInBody?: "due" | "noted" | undefined;
}

/** Copies a state to make the next one of it. Field by field, because every write does so: a spread takes twice as long. */
export const copyState = (from: SessionState): { -readonly [K in keyof SessionState]: SessionState[K] } => ({
  id: from.id,
  version: from.version,
  commitId: from.commitId,
  userId: from.userId,
  createdAt: from.createdAt,
  lastSeenAt: from.lastSeenAt,
  expiresAt: from.expiresAt,
  control: from.control,
  entries: from.entries,
  kept: from.kept,
  visitInBody: from.visitInBody,
});

/** Returns the data to store. */
export function storedEntries({ entries, kept }: Pick<SessionState, "entries" | "kept">): Entries {
  return kept.size === 0 ? entries : new Map([...entries, ...kept]);
}

/** Also of sealed sessions. */
export const format = "1";

/** What a record's body holds. */
export type Body = Pick<SessionState, "control" | "entries" | "kept">;

export function toRecord(namespace: string, state: SessionState): StoredRecord {
  const { id, version, commitId, userId, createdAt, lastSeenAt, expiresAt } = state;
  const body = formatBody(state);
  return userId === undefined
    ? { namespace, id, version, commitId, body, createdAt, lastSeenAt, expiresAt }
    : { namespace, id, version, commitId, body, userId, createdAt, lastSeenAt, expiresAt };
}

/** @throws SessionError RECORD_CORRUPT or SESSION_UNREADABLE */
export function fromRecord(
  record: StoredRecord,
  { control, entries, kept }: Body = parseBody(record.body),
): SessionState {
  const { id, version, commitId, userId, createdAt, lastSeenAt, expiresAt } = record;
  return {
    id,
    version,
    commitId,
    userId,
    createdAt,
    lastSeenAt,
    expiresAt,
    control,
    entries,
    kept,
    visitInBody: undefined,
  };
}

/** Formats a body: `format:checksum:` followed by the control fields as a line of JSON, and the entries. */
export function formatBody(state: Body): string {
  const rest = `${JSON.stringify(state.control)}\n${formatEntries(storedEntries(state))}`;
  return `${format}:${checksum(rest)}:${rest}`;
}

/** @throws SessionError RECORD_CORRUPT or SESSION_UNREADABLE */
export function parseBody(text: string): Body {
  const [found = "", sum = "", at] = headOf(text);
  if (/^\d+$/.test(found) && Number(found) > Number(format)) throw newer(found);
  const end = text.indexOf("\n", at);
  if (found !== format || end === -1 || checksum(text.slice(at)) !== sum) throw corrupt();
  try {
    const control = JSON.parse(text.slice(at, end)) as Control;
    const entries = parseEntries(text.slice(end + 1));
    if (entries && typeof control === "object" && control !== null) return { control, entries, kept: noEntries };
  } catch (cause) {
    throw corrupt(cause);
  }
  throw corrupt();
}

/** Returns the format, the checksum and the offset of the rest. */
function headOf(text: string): [format?: string, checksum?: string, rest?: number] {
  const first = text.indexOf(":");
  const second = text.indexOf(":", first + 1);
  return first === -1 || second === -1 ? [] : [text.slice(0, first), text.slice(first + 1, second), second + 1];
}

/**
 * Creates the error for an intact record that this version cannot read. A newer process may, so the client may retry.
 */
export function unreadable(reason: string): SessionError {
  return new SessionError(
    "SESSION_UNREADABLE",
    `This version of the application cannot read the stored session: ${reason}. Nothing was stored, and the session was not changed. Let a version that can read it handle the request, or sign in again.`,
  );
}

function corrupt(cause?: unknown): SessionError {
  const message =
    "A session record in the store is damaged or was not written by this library. It was not changed. Check the store.";
  return new SessionError("RECORD_CORRUPT", message, { cause });
}

/** Creates the error for a session in the format of a newer release. */
export function newer(found: string): SessionError {
  return unreadable(
    `it has format ${found}, and this release of coatcheck reads format ${format}; a newer release wrote it`,
  );
}

import { SessionError } from "../../types/errors.ts";
import type { StoredRecord } from "../../types/store.ts";
import type { CookieOverrides } from "../../types/transport.ts";
import { checksum } from "./checksum.ts";
import { type Entries, formatEntries, noEntries, parseEntries } from "./entries.ts";

/**
 * What the library keeps about a session besides its data. Absent fields have the value that most sessions have.
 * Fields of later releases are carried along untouched.
 */
export interface Control {
  /** SHA-256 of the secret; absent in a sealed session. */
  readonly hash?: string;
  /** The secret before the last periodic rotation, and until when it still opens the session. */
  readonly previous?: { readonly hash: string; readonly until: number };
  /** What the current secret was derived with from the previous one. */
  readonly nonce?: string;
  /** When the secret last changed; absent: at creation. */
  readonly rotatedAt?: number;
  /** Secrets that login or regenerate ended, kept a short while to tell a late request from a stranger. */
  readonly retired?: readonly { readonly hash: string; readonly until: number }[];
  /** One more with each login and regenerate; a commit prepared under an earlier one is refused. Absent: 0. */
  readonly epoch?: number;
  /** The first secret's hash of this epoch; absent: `hash`, as no periodic rotation has changed it. */
  readonly era?: string;
  /** Where the absolute limit counts from; absent: from creation. */
  readonly start?: number;
  readonly authenticatedAt?: number;
  /** `expireAfter`: limits in milliseconds, and the instant at which the absolute one is reached. */
  readonly idle?: number;
  readonly absolute?: number;
  readonly until?: number;
  /** `remember`: yes, no, or yes with this idle limit. */
  readonly remember?: boolean | number;
  readonly cookie?: CookieOverrides;
  /** Up to seven commits before the newest, by which one of unknown outcome recognises itself. */
  readonly commits?: readonly string[];
}

/** A record taken apart. Never changed in place: a commit makes the next one. */
export interface SessionState {
  readonly id: string;
  readonly version: number;
  /** The commit that made this version; empty where nothing is stored. */
  readonly commitId: string;
  readonly userId: string | undefined;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly expiresAt: number;
  readonly control: Control;
  /** The data as this version reads it: the output of its schema, where it has one. */
  readonly entries: Entries;
  /** What stays stored in place of an entry, or beside them all, because this version would lose it. */
  readonly kept: Entries;
}

/** The data as it is stored. */
export function storedEntries({ entries, kept }: Pick<SessionState, "entries" | "kept">): Entries {
  return kept.size === 0 ? entries : new Map([...entries, ...kept]);
}

const format = "1";

export function toRecord(namespace: string, state: SessionState): StoredRecord {
  const { id, version, commitId, userId, createdAt, lastSeenAt, expiresAt } = state;
  const record = { namespace, id, version, commitId, body: formatBody(state), createdAt, lastSeenAt, expiresAt };
  return userId === undefined ? record : { ...record, userId };
}

/** @throws SessionError RECORD_CORRUPT or SESSION_UNREADABLE */
export function fromRecord(record: StoredRecord): SessionState {
  const { id, version, commitId, userId, createdAt, lastSeenAt, expiresAt } = record;
  return { id, version, commitId, userId, createdAt, lastSeenAt, expiresAt, ...parseBody(record.body) };
}

type Body = Pick<SessionState, "control" | "entries" | "kept">;

/** `format:checksum:control` in JSON, a line end, and the data part. */
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

/** The format, the checksum, and where the rest begins. */
function headOf(text: string): [format?: string, checksum?: string, rest?: number] {
  const first = text.indexOf(":");
  const second = text.indexOf(":", first + 1);
  return first === -1 || second === -1 ? [] : [text.slice(0, first), text.slice(first + 1, second), second + 1];
}

/** What there is, but not for this version. Another process may be able to read it, so a client may try again. */
export function unreadable(reason: string): SessionError {
  return new SessionError(
    "SESSION_UNREADABLE",
    `This version of the application cannot read the stored session: ${reason}. The session was left as it is, and nothing was stored. Let a version that can read it answer, or sign in anew.`,
  );
}

function corrupt(cause?: unknown): SessionError {
  const message = "A session record in the store is damaged or was not written by this library; it is left as it is.";
  return new SessionError("RECORD_CORRUPT", message, { cause });
}

function newer(found: string): SessionError {
  return unreadable(
    `it has format ${found}, and this release of coatcheck reads format ${format}. A newer release wrote it`,
  );
}

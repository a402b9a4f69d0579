import type { Awaitable } from "../../types/awaitable.ts";
import type { RejectReason } from "../../types/events.ts";
import type { HeaderEdit } from "../../types/transport.ts";

export type Data = Record<string, unknown>;

/** What is known of a live session of another library. */
export interface OldData {
  readonly data: Data;
  /** When it ends if nobody uses it, in epoch milliseconds. Absent: not known. */
  readonly expiresAt?: number | undefined;
  /** Epoch milliseconds. Absent: not known. */
  readonly createdAt?: number | undefined;
}

/** A session of another library that its client has proved its right to. */
export interface OldSession {
  /** What tells it from others, and is the same in each of its requests. The old store may hold it. */
  readonly key: string;
  /** Returns an HMAC of a text under the key that its cookie was signed with: nobody without that key can tell it. */
  derive(text: string): Promise<string>;
  /** What the client has proved its right by: the signed value, and its signature. */
  readonly proof: string;
  /** Returns its data, or why there is none. Throws if the old store fails. */
  load(): Awaitable<OldData | RejectReason>;
  /** Deletes it from the old store. Absent: the old library keeps sessions on the client only. */
  end?(): Promise<void>;
  /** Makes the browser forget its cookies. */
  expire(): HeaderEdit[];
}

/** Another library: how its clients are recognised. */
export interface Peer {
  readonly name: string;
  /** Returns what looks like a session in a `Cookie` header, at most a few. Checks nothing that takes time. */
  find(header: string): readonly string[];
  /** Returns the session that a found text stands for, or why it stands for none. Compares in constant time. */
  verify(found: string): Awaitable<OldSession | RejectReason>;
}

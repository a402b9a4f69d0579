import type { Awaitable } from "../../types/awaitable.ts";
import type { RejectReason } from "../../types/events.ts";
import type { HeaderEdit } from "../../types/transport.ts";

export type Data = Record<string, unknown>;

/** What is known of a live session of another library. */
export interface OldData {
  readonly data: Data;
  /** Epoch milliseconds. Absent: not known. */
  readonly createdAt?: number | undefined;
}

/** A session of another library that its client has proved its right to. */
export interface OldSession {
  /** What nobody knows but this client and the old application, and what is the same in each of its requests. */
  readonly key: string;
  /** Returns its data, or why there is none. Throws if the old store fails. */
  load(): Awaitable<OldData | RejectReason>;
  /** Deletes it from the old store. Absent: the old library keeps sessions on the client only. */
  end?(): Promise<void>;
  /** Makes the browser forget its cookies. */
  expire(): HeaderEdit[];
}

/** A session as the old library is to know it. */
export interface Mirrored {
  readonly data: Data;
  readonly userId: string | undefined;
}

/** Another library: how its clients are recognised. */
export interface Peer {
  readonly name: string;
  /** Returns what looks like a session in a `Cookie` header, at most a few. Checks nothing that takes time. */
  find(header: string): readonly string[];
  /** Returns the session that a found text stands for, or why it stands for none. Compares in constant time. */
  verify(found: string): Awaitable<OldSession | RejectReason>;
  /** Stores a session where the old application finds it, as `old` or as a new one, with the cookies of a new one. */
  mirror?(session: Mirrored, old: OldSession | undefined): Promise<{ old: OldSession; cookies: HeaderEdit[] }>;
}

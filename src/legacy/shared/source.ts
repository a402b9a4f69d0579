import type { RejectReason } from "../../types/events.ts";
import type { LegacySource } from "../../types/legacy.ts";
import type { Mirrored, OldData, Peer } from "./peer.ts";

/** What a source makes of an old session's data. */
export interface Imported extends Mirrored {
  readonly createdAt: number | undefined;
}

/** A source with what the code in this folder needs of it. */
export interface Source extends LegacySource {
  readonly peer: Peer;
  readonly stats: { imported: number; refused: number };
  /** Whether old sessions tell who is signed in. */
  readonly knowsUsers: boolean;
  /** In milliseconds. */
  readonly lifetime: number;
  /** Returns an old session as ours, or why that cannot be. Never throws. */
  read(old: OldData): Imported | RejectReason;
}

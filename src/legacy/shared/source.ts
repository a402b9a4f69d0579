import type { RejectReason } from "../../types/events.ts";
import type { LegacySource } from "../../types/legacy.ts";
import type { Data, OldData, Peer } from "./peer.ts";

/** What a source makes of an old session's data. */
export interface Imported {
  readonly data: Data;
  readonly userId: string | undefined;
  /** Epoch milliseconds. `undefined`: not known. */
  readonly createdAt: number | undefined;
  readonly expiresAt: number | undefined;
}

/** A source with what the code in this folder needs of it. */
export interface Source extends LegacySource {
  readonly peer: Peer;
  readonly stats: { imported: number; refused: number };
  /** Returns an old session as ours, or why that cannot be. Never throws. */
  read(old: OldData): Imported | RejectReason;
}

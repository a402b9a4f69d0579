import type { SessionState } from "../record/record.ts";

/** Returns what tells one epoch from another. Its number does not, after a rewind of the store. */
export const eraOf = ({ control }: SessionState): string | undefined => control.era ?? control.hash;

export const epochOf = (state: SessionState): number => state.control.epoch ?? 0;

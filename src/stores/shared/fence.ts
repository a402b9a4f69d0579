import type { RecordStamp } from "../../types/store.ts";

/**
 * Returns whether a record is still what a write expects. The version alone is not enough: after the store was restored
 * from a backup, two histories can share a version number.
 */
export const isAt = (found: RecordStamp, expected: RecordStamp): boolean =>
  found.version === expected.version && found.commitId === expected.commitId;

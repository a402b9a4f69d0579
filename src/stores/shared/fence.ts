import type { RecordStamp } from "../../types/store.ts";

/** Whether a record is still what a write expects. After a rewind of the store two histories can have one version number. */
export const isAt = (found: RecordStamp, expected: RecordStamp): boolean =>
  found.version === expected.version && found.commitId === expected.commitId;

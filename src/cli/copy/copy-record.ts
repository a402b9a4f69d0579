import { parseBody } from "../../core/record/record.ts";
import type { SessionStore, StoredRecord } from "../../types/store.ts";
import { usualLimit, within } from "../open-store.ts";
import { isSigned } from "../session-facts.ts";

/**
 * copied: it was not there · same: it was there already · updated: an older state of it was there · newer: the target has a
 * newer state, which stays · differs: it cannot be told which of the two is newer, and the target's stays · broken: it
 * reads back otherwise than it was written
 */
export type Outcome = "copied" | "same" | "updated" | "newer" | "differs" | "broken";

/** @param overwrite whether the source's state counts wherever the two differ */
export async function copyRecord(
  record: StoredRecord,
  target: SessionStore,
  now: number,
  overwrite: boolean,
): Promise<Outcome> {
  const outcome = await write(record, target, now, overwrite);
  if (outcome === "newer" || outcome === "differs") return outcome;
  const there = await target.read(record, now, within(usualLimit));
  return there && isCopy(there, record) ? outcome : "broken";
}

async function write(
  record: StoredRecord,
  target: SessionStore,
  now: number,
  overwrite: boolean,
): Promise<Exclude<Outcome, "broken">> {
  if (await target.create(record, now, within(usualLimit))) return "copied";
  const there = await target.read(record, now, within(usualLimit));
  if (!there) {
    // An expired one is in the way.
    await target.delete(record, within(usualLimit));
    return (await target.create(record, now, within(usualLimit))) ? "copied" : "differs";
  }
  if (there.version === record.version && there.commitId === record.commitId) {
    await target.touch(record, record, record.lastSeenAt, record.expiresAt, now, within(usualLimit));
    return "same";
  }
  if (overwrite || follows(record, there)) {
    return (await target.replace(record, there, now, within(usualLimit))) ? "updated" : "differs";
  }
  return follows(there, record) ? "newer" : "differs";
}

/** Whether a state was made of another one: it remembers the ids of the last commits. */
function follows(later: StoredRecord, earlier: StoredRecord): boolean {
  try {
    const body = isSigned(later) ? later.body.slice(later.body.indexOf(":") + 1) : later.body;
    return parseBody(body).control.commits?.includes(earlier.commitId) ?? false;
  } catch {
    return false;
  }
}

/** A visit in the meantime may have moved the times on. */
const isCopy = (there: StoredRecord, record: StoredRecord): boolean =>
  there.version === record.version &&
  there.commitId === record.commitId &&
  there.body === record.body &&
  there.userId === record.userId &&
  there.createdAt === record.createdAt &&
  there.lastSeenAt >= record.lastSeenAt;

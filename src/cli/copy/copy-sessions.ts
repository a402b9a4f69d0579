import type { StoredRecord } from "../../types/store.ts";
import { notesNamespace } from "../../types/store.ts";
import { bulkLimit, type OpenedStore, pagesOf, usualLimit, within } from "../open-store.ts";
import { copyRecord, type Outcome } from "./copy-record.ts";

export type Counts = Record<Outcome, number>;

export interface Ends {
  readonly from: OpenedStore;
  readonly to: OpenedStore;
}

export interface CopyOptions {
  /** Where an earlier copy stopped. */
  readonly after: string | undefined;
  readonly overwrite: boolean;
  readonly interrupted: AbortSignal;
  onCopied(count: number): void;
}

export interface Copied {
  readonly counts: Counts;
  /** Present if the copy was interrupted: it goes on behind this. Empty: from the beginning. */
  readonly stoppedAt: string | undefined;
}

/** So many records are under way at once. */
const atOnce = 20;

/** Copies the live sessions of the namespace, in the order of their creation. Each is read back and compared. */
export async function copySessions({ from, to }: Ends, options: CopyOptions): Promise<Copied> {
  const counts: Counts = { copied: 0, same: 0, updated: 0, newer: 0, differs: 0, broken: 0 };
  let reached = options.after ?? "";
  for await (const { records, cursor } of pagesOf(from, { cursor: options.after })) {
    await inGroups(records, async (record) => {
      counts[await copyRecord(record, to.given, to.now, options.overwrite)] += 1;
      options.onCopied(1);
    });
    reached = cursor ?? "";
    if (cursor !== undefined && options.interrupted.aborted) return { counts, stoppedAt: reached };
  }
  await copyNotes({ from, to });
  return { counts, stoppedAt: undefined };
}

/** What managers note for each other, such as a revocation that a login under way must see. */
async function copyNotes({ from, to }: Ends): Promise<void> {
  const notes = { ...from, config: { ...from.config, namespace: notesNamespace } };
  for await (const { records } of pagesOf(notes)) {
    await inGroups(records, async (record) => {
      if (await to.given.create(record, to.now, within(usualLimit))) return;
      const there = await to.given.read(record, to.now, within(usualLimit));
      if (there && there.version < record.version) await to.given.replace(record, there, to.now, within(usualLimit));
    });
  }
}

/** Deletes at the target what has ended at the source, such as a session whose user has signed out since. */
export async function removeEnded({ from, to }: Ends): Promise<number> {
  let removed = 0;
  for await (const { records } of pagesOf(to)) {
    await inGroups(records, async (record) => {
      if (await from.given.read(record, from.now, within(usualLimit))) return;
      if (await to.given.delete(record, within(usualLimit))) removed++;
    });
  }
  return removed;
}

export const countAt = async ({ given, config, now }: OpenedStore): Promise<number> =>
  (await given.count?.(config.namespace, now, within(bulkLimit))) ?? 0;

async function inGroups(
  records: readonly StoredRecord[],
  work: (record: StoredRecord) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < records.length; at += atOnce) {
    await Promise.all(records.slice(at, at + atOnce).map(work));
  }
}

import { newCommitId } from "../../core/commit/commit-ids.ts";
import { run } from "../../core/language/flow.ts";
import type { SessionState } from "../../core/record/record.ts";
import type { ManagerContext } from "../../core/runtime/context.ts";
import { askStore } from "../../core/runtime/store-call.ts";
import { never } from "../../core/state/expiry.ts";
import { storedState } from "../../core/state/stored-state.ts";
import type { StoredRecord } from "../../types/store.ts";
import { type Claim, deleteOld, loadOld } from "./claim.ts";
import type { Parts } from "./parts.ts";
import type { Imported } from "./source.ts";

/**
 * So long after an old session is over it is still remembered what has become of it, in milliseconds: an old server may
 * just be saving it once more, and its clock may be another.
 */
export const margin = 86_400_000;

/** Revocations that nobody can read may be of any time. */
const always = () => [{ at: Number.POSITIVE_INFINITY, by: "*", n: 0 }];

/** What is noted of an old session that ended without having become one of ours. */
const ended = "ended";

/**
 * Notes in the store what old sessions have become: a record's `imported`, or nothing. The first note of an old session
 * holds, and outlives it. So an old cookie never opens a second session, whatever the old store still holds.
 */
export class Fates {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Returns a note. One that cannot be read says that the old session has ended. */
  async read(claim: Claim, end: number): Promise<string | undefined> {
    return run(this.#parts.notes.read(claim.note, end, () => ended));
  }

  /**
   * Notes that an old session has ended, unless it has become one of ours. Returns the id of that.
   *
   * @throws SessionError
   */
  async end(claim: Claim): Promise<string | undefined> {
    const { context } = this.#parts;
    const end = performance.now() + context.config.commitTimeout;
    const before = await this.read(claim, end);
    if (before !== undefined) return partsOf(before).id;
    // Only to know how long the note has to live.
    const row = await loadOld(context, claim, end).catch(() => undefined);
    return partsOf((await this.#note(claim, ended, typeof row === "object" ? row : undefined)).fate).id;
  }

  /**
   * Notes that what a record was made of has ended, before it is deleted. Its takeover may not be over, and another process
   * may make the same record again: neither gives anybody a session any more. False: there is no such record.
   *
   * @throws SessionError if our store fails
   */
  async endRecord(id: string): Promise<boolean> {
    const { context, store, revocations } = this.#parts;
    const key = { namespace: context.config.namespace, id };
    const record = await askStore(context, "read", (call) => store.read(key, 0, call));
    const name = record && noteOf(context, record);
    if (name !== undefined) await this.#write(name, ended, context.clock.now() + revocations.noted);
    return record !== undefined;
  }

  /**
   * Whether a record is what an old session has become. The first who asks decides: it is, unless somebody has ended the
   * old session since it was read. A record that is not goes again.
   *
   * @throws SessionError if one of the stores fails
   */
  async isFollowedBy(claim: Claim, state: SessionState): Promise<boolean> {
    const { context, backend } = this.#parts;
    const { imported } = state.control;
    if (imported === undefined) return false;
    const end = performance.now() + context.config.commitTimeout;
    const fate = (await this.read(claim, end)) ?? (await this.#decide(claim, state, imported, end));
    if (fate !== imported) {
      await backend.withdraw({ state });
      return false;
    }
    // Again, because the process that noted it may have gone no further.
    await deleteOld(context, claim);
    return true;
  }

  async #decide(claim: Claim, { id, userId }: SessionState, imported: string, end: number): Promise<string> {
    const { context } = this.#parts;
    const row = await loadOld(context, claim, end);
    const isLive = typeof row === "object" && row.userId === userId && !(await this.#isRevoked(row, id, end));
    const noted = await this.#note(claim, isLive ? imported : ended, typeof row === "object" ? row : undefined);
    if (noted.isNew && noted.fate === imported) {
      claim.source.stats.imported++;
      context.emit({ type: "imported", id, userId, source: claim.source.name });
    }
    return noted.fate;
  }

  /** Whether `revokeAll()` of the user, or `destroyAll()`, includes an old session. */
  async #isRevoked({ userId, createdAt = 0 }: Imported, id: string, end: number): Promise<boolean> {
    const { context, revocations } = this.#parts;
    const since = { at: Math.min(createdAt, context.clock.now()), by: "", n: 0 };
    const includes = (user: string | undefined) =>
      run(revocations.include({ ...since, userId: user }, id, end, always));
    return (await includes(undefined)) || (userId !== undefined && (await includes(userId)));
  }

  async #note(claim: Claim, fate: string, row: Imported | undefined): Promise<{ fate: string; isNew: boolean }> {
    const { context } = this.#parts;
    const { name, lifetime } = claim.source;
    const known = context.clock.now() + lifetime;
    const until = row?.expiresAt ?? 0;
    if (until > known + margin) {
      context.warnOnce(
        "LEGACY_LIFETIME",
        `A session of ${name} can live longer than the lifetime of its source, so revokeAll() and destroyAll() are forgotten before it ends. Set lifetime to the old cookie.maxAge, or longer. This is said once.`,
      );
    }
    return this.#write(claim.note, fate, Math.min(Math.max(known, until) + margin, never));
  }

  /** The first note holds. */
  async #write(name: string, fate: string, until: number): Promise<{ fate: string; isNew: boolean }> {
    let isNew = true;
    let noted = fate;
    const keep = (before: string | undefined): string | undefined => {
      isNew = before === undefined;
      noted = before ?? fate;
      return before === undefined ? fate : undefined;
    };
    await run(this.#parts.notes.write(name, until, keep, undefined, () => ended));
    return { fate: noted, isNew };
  }
}

/** Returns what `Control.imported` is made of. */
export const newImport = ({ note, token }: Claim): string => [newCommitId(), note, token.id].join(".");

function partsOf(imported = ""): { note?: string | undefined; id?: string | undefined } {
  const [, note, id] = imported.split(".");
  return { note, id };
}

/** The name of the note on what a record was made of. `undefined`: of nothing, or it cannot be read, and opens nothing. */
function noteOf(context: ManagerContext, record: StoredRecord): string | undefined {
  try {
    return partsOf(storedState(record, context).control.imported).note;
  } catch {
    return undefined;
  }
}

import { isUnreadable, statusUnder, unfit } from "../../core/backend/authenticate.ts";
import type { AuthenticatedSession, SavedSession, Unreadable } from "../../core/backend/backend.ts";
import { insertRecord } from "../../core/backend/insert-record.ts";
import { removeRecord } from "../../core/commit/remove-record.ts";
import { flow, run } from "../../core/language/flow.ts";
import type { SessionState } from "../../core/record/record.ts";
import { validateOnLoad } from "../../core/record/validate-data.ts";
import type { ManagerContext } from "../../core/runtime/context.ts";
import { askStore, timeLeft } from "../../core/runtime/store-call.ts";
import { epochOf } from "../../core/state/epoch.ts";
import { expired } from "../../core/state/expiry.ts";
import { currentSecret, keysOf } from "../../core/state/rotation.ts";
import { storedState } from "../../core/state/stored-state.ts";
import { gone, SessionError } from "../../types/errors.ts";
import type { RejectReason } from "../../types/events.ts";
import type { StoredRecord } from "../../types/store.ts";
import { type Claim, claimOf, deleteOld, loadOld } from "./claim.ts";
import { Fates } from "./fates.ts";
import { firstState } from "./first-state.ts";
import type { Parts } from "./parts.ts";
import type { OldSession } from "./peer.ts";
import type { Imported, Source } from "./source.ts";

export type Opened = AuthenticatedSession | Unreadable | undefined;

/** `over`: no request with this old cookie opens anything any more. */
type Outcome = Opened | "over";

/** Another request has made the record first. */
const taken = Symbol("taken");

/** Opens old sessions as sessions of ours: the first request makes the record, and others find it. */
export class Takeover {
  readonly #parts: Parts;
  readonly #fates: Fates;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#fates = new Fates(parts);
  }

  refuse(source: Source, reason: RejectReason, id?: string): undefined {
    source.stats.refused++;
    this.#parts.context.emit({ type: "refused", reason, id, anomaly: false, source: source.name });
    return undefined;
  }

  /** @throws SessionError if one of the stores fails */
  async open(source: Source, old: OldSession): Promise<Outcome> {
    const { backend, context, lanes } = this.#parts;
    await backend.prepare();
    const claim = await claimOf(context, source, old);
    // A takeover is a commit: several calls, one after the other.
    const end = performance.now() + context.config.commitTimeout;
    return run(lanes.track(flow(() => this.#open(claim, end))));
  }

  /** Notes before a session is deleted that the old one is over too. False: there is no session of this id. */
  beforeEnd(id: string): Promise<boolean> {
    return this.#fates.endRecord(id);
  }

  /**
   * Ends an old session, so that it becomes none of ours any more, and what it has become, unless somebody has signed in
   * there since. `except`: the id of a session that the caller ends.
   */
  async end(source: Source, old: OldSession, except: string | undefined): Promise<void> {
    const { backend, context } = this.#parts;
    await backend.prepare();
    const claim = await claimOf(context, source, old);
    const id = await this.#fates.end(claim);
    if (id !== undefined && id !== except) await this.#endFollower(id);
    await deleteOld(context, claim);
  }

  async #endFollower(id: string): Promise<void> {
    const { context, store } = this.#parts;
    const key = { namespace: context.config.namespace, id };
    const now = context.clock.now();
    const record = await askStore(context, "read", (call) => store.read(key, now, call));
    if (!record || isRenewed(context, record)) return;
    if (await run(removeRecord(context, store, id))) context.emit({ type: "destroyed", id });
  }

  async #open(claim: Claim, end: number): Promise<Outcome> {
    const before = await this.#find(claim, end);
    if (before !== "none") return before;
    const loaded = await loadOld(this.#parts.context, claim, end);
    if (typeof loaded !== "string") {
      const made = await this.#make(claim, loaded);
      if (made !== "none") return made;
    } else if ((await this.#fates.read(claim, end)) === undefined) {
      // Otherwise another request has taken the old session over, and deleted its row since.
      return this.refuse(claim.source, loaded, claim.token.id);
    }
    const after = await this.#find(claim, end);
    return after === "none" ? this.refuse(claim.source, "superseded", claim.token.id) : after;
  }

  #over({ source, token }: Claim): "over" {
    this.refuse(source, "superseded", token.id);
    return "over";
  }

  /** Returns what an old session has become. `none`: nothing yet. */
  async #find(claim: Claim, end: number): Promise<Outcome | "none"> {
    const { context, store } = this.#parts;
    const { token } = claim;
    // First, because it is written after the record: with a note, a missing record has ended.
    const fate = await this.#fates.read(claim, end);
    const key = { namespace: context.config.namespace, id: token.id };
    const now = context.clock.now();
    const record = await askStore(context, "read", (call) => store.read(key, now, call), timeLeft(context, end));
    if (record) return this.#join(claim, record);
    return fate === undefined ? "none" : this.#over(claim);
  }

  async #make(claim: Claim, imported: Imported): Promise<Outcome | "none"> {
    const { context, store, limit } = this.#parts;
    const { source, token } = claim;
    const { userId } = imported;
    const made = await firstState(context, claim, imported);
    if (typeof made === "string") return this.refuse(source, made, token.id);
    const { state } = made;
    const end = performance.now() + context.config.commitTimeout;
    const commit = async (): Promise<SavedSession> => {
      // Of an insert in doubt the next request finds the record, or makes it.
      if (!(await run(insertRecord(context, store, undefined, state, end)))) throw taken;
      if (await this.#fates.isFollowedBy(claim, state)) return made;
      throw gone();
    };
    try {
      const login =
        userId === undefined ? undefined : { at: state.createdAt, by: "", n: 0, userId, replacesUser: false };
      await (login ? run(limit.guard(login, token.id, end, flow(commit))) : commit());
    } catch (error) {
      if (error === taken) return "none";
      const code = SessionError.is(error) ? error.code : undefined;
      if (code === "SESSION_GONE") return this.#over(claim);
      if (code === "TOO_MANY_SESSIONS") return this.refuse(source, "user-limit", token.id);
      throw error;
    }
    if (await this.#isEvicted(made)) return this.refuse(source, "user-limit", token.id);
    return this.#opened(made);
  }

  /** A session that is older than its user's others may be the one too many. */
  async #isEvicted(made: SavedSession): Promise<boolean> {
    const { backend, context } = this.#parts;
    if (context.config.maxSessionsPerUser === undefined || made.state.userId === undefined) return false;
    return (await run(backend.confirm(made))) === undefined;
  }

  /** Opens a session that another request has made of the same old session. */
  async #join(claim: Claim, record: StoredRecord): Promise<Outcome> {
    const { context } = this.#parts;
    const { config, clock } = context;
    const { source, token } = claim;
    const { id, secret } = token;
    let state: SessionState;
    try {
      state = validateOnLoad(storedState(record, context), config);
    } catch (error) {
      if (isUnreadable(error)) return unfit(context, "unsupported-format", id, error, undefined);
      return this.refuse(source, "corrupt", id);
    }
    const now = clock.now();
    const expiry = expired(state, config.limits, now);
    if (expiry) return this.refuse(source, expiry, id);
    const status = await statusUnder(context, state, secret, now, keysOf(config));
    // A login or `regenerate()` a moment ago: as with a token of ours, this request is a visitor that writes nothing.
    if (status === "revoked") return { state, presented: "", secretStatus: status };
    // Until the new token was seen in use it is handed out again: its response may have been lost.
    const current = await run(currentSecret(secret, state, config));
    const opens = (status === "previous" || current !== undefined) && (await this.#fates.isFollowedBy(claim, state));
    return opens ? this.#opened({ state, secret: current }) : this.#over(claim);
  }

  #opened({ state, secret }: SavedSession): AuthenticatedSession {
    this.#parts.context.emit({ type: "opened", id: state.id, userId: state.userId });
    return { state, presented: "", secretStatus: "previous", secret };
  }
}

/** Whether `login()` or `regenerate()` has replaced what was taken over. Not of a record that nobody can open. */
function isRenewed(context: ManagerContext, record: StoredRecord): boolean {
  try {
    return epochOf(storedState(record, context)) > 0;
  } catch {
    return false;
  }
}

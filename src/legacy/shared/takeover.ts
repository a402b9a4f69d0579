import { sha256 } from "#crypto";
import { isUnreadable, statusUnder, unfit } from "../../core/backend/authenticate.ts";
import type { AuthenticatedSession, Unreadable } from "../../core/backend/backend.ts";
import { removeRecord } from "../../core/commit/remove-record.ts";
import { run } from "../../core/language/flow.ts";
import { type SessionState, toRecord } from "../../core/record/record.ts";
import type { Token } from "../../core/record/token.ts";
import { validateOnLoad } from "../../core/record/validate-data.ts";
import { askStore, timeLeft } from "../../core/runtime/store-call.ts";
import { expired } from "../../core/state/expiry.ts";
import { currentSecret, keysOf } from "../../core/state/rotation.ts";
import { storedState } from "../../core/state/stored-state.ts";
import { SessionError } from "../../types/errors.ts";
import type { RejectReason } from "../../types/events.ts";
import type { StoredRecord } from "../../types/store.ts";
import { firstState } from "./first-state.ts";
import { Marks } from "./marks.ts";
import type { Parts } from "./parts.ts";
import type { OldSession } from "./peer.ts";
import type { Imported, Source } from "./source.ts";

export type Opened = AuthenticatedSession | Unreadable | undefined;

/** Before all logins of any process, so that every noted `revokeAll` of the user includes it. */
const longAgo = { at: 0, by: "", n: 0 };

/** Opens old sessions as sessions of ours: the first request makes the record, and others find it. */
export class Takeover {
  readonly parts: Parts;
  readonly marks: Marks;

  constructor(parts: Parts) {
    this.parts = parts;
    this.marks = new Marks(parts);
  }

  refuse(source: Source, reason: RejectReason, id?: string): undefined {
    source.stats.refused++;
    this.parts.context.emit({ type: "refused", reason, id, anomaly: false, source: source.name });
    return undefined;
  }

  warn(code: "LEGACY_NOT_ENDED" | "LEGACY_NOT_WRITTEN", source: Source, what: string): void {
    const message = `${what} The store of ${source.name} failed. Its own error is that of the event store-error.`;
    this.parts.context.emit({ type: "warning", code, message });
  }

  /** @throws SessionError if one of the stores fails */
  async open(source: Source, old: OldSession, end: number): Promise<Opened> {
    const { context, store } = this.parts;
    const token = await this.#tokenOf(source, old.key);
    const key = { namespace: context.config.namespace, id: token.id };
    let loaded: Imported | RejectReason = "unknown";
    // Another request may take the old session over, and delete its row, at any time: then the record is there.
    for (let attempt = 0; attempt < 3; attempt++) {
      const now = context.clock.now();
      const record = await askStore(context, "read", (call) => store.read(key, now, call), timeLeft(context, end));
      if (record) return this.#join(source, old, token, record);
      if (await run(this.marks.read(source, old.key))) return this.refuse(source, "superseded", token.id);
      if (attempt > 0 && typeof loaded === "string") return this.refuse(source, loaded);
      loaded = await this.#load(source, old, end);
      if (typeof loaded === "string") continue;
      const made = await this.#make(source, old, token, loaded, end);
      if (made !== "taken") return made;
    }
    return this.refuse(source, typeof loaded === "string" ? loaded : "superseded", token.id);
  }

  /** Deletes an old session from its own store. It is of no use any more, so a failure is no one's. */
  async end(source: Source, old: OldSession): Promise<void> {
    try {
      await askStore(this.parts.context, `${source.name} end`, () => old.end?.());
    } catch {
      this.warn("LEGACY_NOT_ENDED", source, "An old session that has become one of ours was left in its store.");
    }
  }

  /** The same in every process. Without what is in the old cookie nobody can tell the secret. */
  async #tokenOf(source: Source, key: string): Promise<Token> {
    const { namespace } = this.parts.context.config;
    const digest = (what: string) => sha256(JSON.stringify(["legacy", what, namespace, source.name, key]));
    return { id: await digest("id"), secret: await digest("secret") };
  }

  async #load(source: Source, old: OldSession, end: number): Promise<Imported | RejectReason> {
    const { context } = this.parts;
    const read = () => old.load();
    const found = await askStore(context, `${source.name} read`, read, timeLeft(context, end));
    return typeof found === "string" ? found : source.read(found);
  }

  async #make(
    source: Source,
    old: OldSession,
    token: Token,
    imported: Imported,
    end: number,
  ): Promise<Opened | "taken"> {
    const { context, store, revocations } = this.parts;
    const { namespace } = context.config;
    const { userId } = imported;
    const { id } = token;
    if (userId !== undefined && store.list) {
      const login = { ...longAgo, userId, replacesUser: false };
      if (await run(revocations.include(login, id, end))) return this.refuse(source, "superseded", id);
    }
    const made = await this.#firstState(token, imported);
    if (!made) return this.refuse(source, "schema", id);
    const { state, secret } = made;
    const now = context.clock.now();
    const record = toRecord(namespace, state);
    const isMade = await askStore(context, "create", (call) => store.create(record, now, call), timeLeft(context, end));
    if (!isMade) return "taken";
    const mark = await this.#mark(source, old, state);
    if (mark !== state.control.imported) {
      // It had been taken over before, and has ended since: this request had read the row before that.
      await run(removeRecord(context, store, id));
      return this.refuse(source, "superseded", id);
    }
    source.stats.imported++;
    context.emit({ type: "imported", id, userId, source: source.name });
    if (!source.peer.mirror) await this.end(source, old);
    return this.#opened(state, secret);
  }

  async #firstState(token: Token, imported: Imported): Promise<{ state: SessionState; secret: string } | undefined> {
    try {
      return await run(firstState(this.parts.context, token, imported));
    } catch (error) {
      // The data does not fit the schema, is too large or cannot be stored.
      if (SessionError.is(error)) return undefined;
      throw error;
    }
  }

  /** Opens a session that another request has made of the same old session. */
  async #join(source: Source, old: OldSession, { id, secret }: Token, record: StoredRecord): Promise<Opened> {
    const { context } = this.parts;
    const { config, clock } = context;
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
    await this.#mark(source, old, state);
    const status = await statusUnder(context, state, secret, now, keysOf(config));
    if (status === "revoked") return { state, presented: "", secretStatus: status };
    // Until the new token was seen in use it is handed out again: its response may have been lost.
    const current = await run(currentSecret(secret, state, config));
    return status === "previous" || current !== undefined
      ? this.#opened(state, current)
      : this.refuse(source, "superseded", id);
  }

  async #mark(source: Source, old: OldSession, { id, control }: SessionState): Promise<string> {
    const noted = await run(this.marks.write(source, old.key, { id, imported: control.imported ?? "" }));
    return noted.imported;
  }

  #opened(state: SessionState, secret: string | undefined): AuthenticatedSession {
    this.parts.context.emit({ type: "opened", id: state.id, userId: state.userId });
    return { state, presented: "", secretStatus: "previous", secret };
  }
}

import type { AuthenticatedSession, SavedSession, SessionBackend } from "../../core/backend/backend.ts";
import { removeRecord } from "../../core/commit/remove-record.ts";
import { run } from "../../core/language/flow.ts";
import { decodeValue, encodeValue } from "../../core/record/codec.ts";
import { dataName, isData, wordOf } from "../../core/record/entries.ts";
import type { SessionState } from "../../core/record/record.ts";
import { storedEntries } from "../../core/record/record.ts";
import { occasion } from "../../core/runtime/order.ts";
import { askStore } from "../../core/runtime/store-call.ts";
import type { EntryChange } from "../../core/state/change.ts";
import { planRotation } from "../../core/state/rotation.ts";
import type { Data, OldSession } from "./peer.ts";
import type { Imported, Source } from "./source.ts";
import type { Opened, Takeover } from "./takeover.ts";
import type { Visit } from "./visit.ts";

/** Keeps an old session beside each of ours (`dualWrite`), for one request. */
export class Mirror {
  readonly #takeover: Takeover;
  readonly #visit: Visit;
  readonly #source: Source;
  readonly #backend: SessionBackend;

  constructor(takeover: Takeover, visit: Visit, source: Source, backend: SessionBackend) {
    this.#takeover = takeover;
    this.#visit = visit;
    this.#source = source;
    this.#backend = backend;
  }

  /**
   * Compares a session of ours with the old one, which an old version of the application may have changed since: it is
   * signed out there, or somebody has signed in. Returns what is open then. `undefined`: ours has ended.
   */
  async check(ours: NonNullable<Opened>): Promise<Opened> {
    if (ours.secretStatus === "unreadable" || ours.secretStatus === "revoked") return ours;
    for (const old of await this.#visit.proven(this.#source)) {
      const mark = await run(this.#takeover.marks.read(this.#source, old.key));
      if (!mark) return this.#end(ours.state);
      if (mark.id !== ours.state.id) continue;
      this.#visit.beside = old;
      return this.#follow(ours, old);
    }
    return ours;
  }

  async #follow(ours: AuthenticatedSession, old: OldSession): Promise<Opened> {
    const { context } = this.#takeover.parts;
    const found = await askStore(context, `${this.#source.name} read`, () => old.load());
    const theirs = typeof found === "string" ? found : this.#source.read(found);
    if (typeof theirs === "string") return this.#end(ours.state);
    if (!this.#source.knowsUsers || theirs.userId === ours.state.userId) return ours;
    return theirs.userId === undefined ? this.#end(ours.state) : this.#signIn(ours, theirs, theirs.userId);
  }

  /** Somebody has signed in at the old version: so here too, with a new token. */
  async #signIn(ours: AuthenticatedSession, theirs: Imported, userId: string): Promise<Opened> {
    const { context } = this.#takeover.parts;
    const { config, clock } = context;
    const entries = new Map<string, EntryChange>();
    for (const [key, value] of Object.entries(theirs.data)) {
      const text = encodeValue(config.codec, key, value);
      entries.set(dataName(key), () => text);
    }
    const planned = await run(planRotation("login", ours.state.id, clock.now(), config));
    const login = { ...occasion(clock.now()), userId, replacesUser: ours.state.userId !== undefined };
    const change = { login, rotation: planned.rotation, clear: true, entries };
    const pending = { change, newSecret: planned.secret, isUserActivity: true, readsStoredValue: false };
    const after = await run(this.#backend.commit(ours, pending));
    return { ...after, presented: "", secretStatus: "previous" };
  }

  async #end({ id }: SessionState): Promise<undefined> {
    const { context, store } = this.#takeover.parts;
    if (await run(removeRecord(context, store, id))) context.emit({ type: "destroyed", id });
    return undefined;
  }

  /** Writes the old session. `isNew`: under an id that nobody could know before, as after a login. */
  async write({ state }: SavedSession, isNew: boolean): Promise<void> {
    const { context } = this.#takeover.parts;
    const source = this.#source;
    const before = this.#visit.beside;
    const session = { data: this.#dataOf(state), userId: state.userId };
    const write = async () => source.peer.mirror?.(session, isNew ? undefined : before);
    try {
      const written = await askStore(context, `${source.name} write`, write);
      if (!written) return;
      await run(this.#takeover.marks.write(source, written.old.key, { id: state.id, imported: "" }));
      this.#visit.beside = written.old;
      this.#visit.edits.push(...written.cookies);
    } catch {
      const what = `What session ${state.id} has become is stored here, and not in the old store.`;
      return this.#takeover.warn("LEGACY_NOT_WRITTEN", source, what);
    }
    if (isNew && before) await this.#takeover.end(source, before);
  }

  #dataOf(state: SessionState): Data {
    const { codec } = this.#takeover.parts.context.config;
    const entries = [...storedEntries(state)].filter(([name]) => isData(name));
    return Object.fromEntries(entries.map(([name, text]) => [wordOf(name), decodeValue(codec, wordOf(name), text)]));
  }
}

import { SessionError } from "../../types/errors.ts";
import type { PendingAnswer } from "../../types/sessions.ts";
import type { HeaderEdit, Transport, TransportContext } from "../../types/transport.ts";
import type { Held, Keeper, Opened, Unreadable } from "../backend/backend.ts";
import type { SessionState } from "../record/record.ts";
import type { Engine } from "../runtime/context.ts";
import { type Moment, thisMoment } from "../runtime/ended-tokens.ts";
import { applyChange } from "../state/change.ts";
import { blankState, makeId } from "../state/new-session.ts";
import { Started } from "./background-operations.ts";
import { Draft } from "./draft.ts";
import { type Intent, isIdle } from "./session-changes.ts";

/** The way by which an answer reaches the client. */
export interface Channel {
  readonly transport: Transport;
  readonly context: TransportContext;
  /** All that were asked for a token, because the answer depends on each. */
  readonly transports: readonly Transport[];
}

/** One session in one request: what it knows of the session, and what the request wants of it. */
export class Visit {
  readonly engine: Engine;
  readonly keeper: Keeper;
  /** Absent for work behind the visitor's back. */
  readonly channel: Channel | undefined;
  /** What the client sent, not yet verified. */
  readonly tokens: readonly string[];

  opened: Opened | undefined;
  /** The client's session is there, and this version cannot read it. */
  unreadable: Unreadable | undefined;
  /** The session as last known to be durable; absent while there is none. */
  held: Held | undefined;
  /** When `held` was last known to be as it is stored. */
  knownAt: Moment | undefined;
  /** The id of a session that ended, or whose token ended, while this request worked on it. */
  goneId: string | undefined;
  intent: Intent = {};
  /** Pending while the session's first record is being made. */
  creating: Promise<void> | undefined;
  /** Nothing was stored for this visitor when the request began. */
  isNew: boolean;
  isLoaded: boolean;
  /** The visitor is here, so that the idle limit begins anew. */
  isSeen: boolean;
  isAccessed = false;
  isClosed = false;
  /** What a first read means once the response has begun; the answer where shared caches may keep it. */
  late: "harmless" | "unknown" | PendingAnswer = "harmless";
  /** The commit failed; what follows is the error's response. */
  hasFailed = false;
  /** The state whose token the transport was asked to write last, and how it did. */
  written: { readonly state: SessionState; readonly edits: HeaderEdit[] } | undefined;
  /** `destroy()` was called. */
  isEnded = false;
  /** The application took the token by `exportToken()`. */
  isExported = false;
  /** Why this session cannot be used: the store failed on load, or `skip` left the request out. */
  problem: SessionError | undefined;
  #blank: SessionState | undefined;
  // Made when they are asked for: most requests do not touch their session.
  #draft: Draft | undefined;
  #started: Started | undefined;

  constructor(engine: Engine, keeper: Keeper, channel: Channel | undefined, tokens: readonly string[], held?: Held) {
    this.engine = engine;
    this.keeper = keeper;
    this.channel = channel;
    this.tokens = tokens;
    this.held = held;
    this.isNew = held === undefined;
    this.isLoaded = held !== undefined;
    this.isSeen = channel !== undefined;
  }

  /** What the request reads and changes of the data. */
  get draft(): Draft {
    this.#draft ??= new Draft(this.engine.config.codec, this.held?.state.entries ?? this.engine.config.blank);
    return this.#draft;
  }

  /** What the request has begun and may not have awaited. */
  get started(): Started {
    this.#started ??= new Started();
    return this.#started;
  }

  /** Nothing changed, nothing wished for, nothing under way. */
  get isUntouched(): boolean {
    if (this.isEnded || !isIdle(this.intent) || this.#started?.isQuiet === false) return false;
    return this.#draft === undefined || !this.#draft.isChanged();
  }

  /** The client came with a token that login or regenerate had ended: it may read nothing and write nothing. */
  get isRetired(): boolean {
    return this.opened?.standing === "retired" && !this.held && !this.intent.login;
  }

  /** Why this visit may not write, if so. A login gives the visitor a session of its own instead. */
  get bar(): SessionError | undefined {
    return this.held || this.intent.login ? undefined : this.unreadable?.error;
  }

  /** The session as it will be after the commit, apart from its data. */
  get preview(): SessionState {
    const state = this.held?.state ?? this.blank;
    return isIdle(this.intent) ? state : applyChange(state, { ...this.intent, entries: new Map() });
  }

  /** The session that would be created; its id is fixed once somebody has seen it. */
  get blank(): SessionState {
    this.#blank ??= blankState(this.engine, makeId(this.engine));
    return this.#blank;
  }

  /** The id to create the session under. Asked once: what became of a failed creation under it may never be known. */
  takeId(): string | undefined {
    const id = this.#blank?.id;
    this.#blank = undefined;
    return id;
  }

  async load(): Promise<void> {
    if (this.isLoaded) return;
    try {
      const found = this.tokens.length > 0 ? await this.keeper.open(this.tokens) : undefined;
      if (found?.standing === "unreadable") this.unreadable = found;
      else this.opened = found;
    } catch (error) {
      if (!SessionError.is(error)) throw error;
      this.problem = error;
    }
    if (this.opened && this.opened.standing !== "retired") {
      this.held = this.opened;
      this.isNew = false;
      // The only one whose answer has something to say although nothing was stored.
      if (this.opened.standing === "grace") this.knownAt = thisMoment();
    }
    this.isLoaded = true;
  }

  /** Drops what is not durable. */
  discard(): void {
    this.#draft = undefined;
    this.intent = {};
  }

  /** The session is over; what comes now belongs to a new one. */
  forget(): void {
    this.held = undefined;
    this.#blank = undefined;
    this.isEnded = true;
    this.discard();
  }
}

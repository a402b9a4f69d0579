import { type Awaitable, chain, isPromise } from "../../crypto/awaitable.ts";
import { SessionError } from "../../types/errors.ts";
import type { PendingResponse } from "../../types/outcome.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import type { AuthenticatedSession, SavedSession, SessionBackend, Unreadable } from "../backend/backend.ts";
import type { OldSessions } from "../backend/old-sessions.ts";
import { type GivenToken, givenTokenOf } from "../http/given-token.ts";
import type { SessionState } from "../record/record.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { type Moment, thisMoment } from "../runtime/ended-tokens.ts";
import { applyChange } from "../state/change.ts";
import { newSession, newSessionId } from "../state/new-session.ts";
import { BackgroundOperations } from "./background-operations.ts";
import { Draft } from "./draft.ts";
import type { ResponseChannel } from "./response-channel.ts";
import { hasNoChanges, type SessionChanges } from "./session-changes.ts";

/** One session during one request: what was loaded, and what will be committed. */
export class RequestSession {
  readonly context: ManagerContext;
  readonly backend: SessionBackend;
  /** Absent for background edits, which have no response. */
  readonly channel: ResponseChannel | undefined;
  /** What the client sent, not yet verified. */
  readonly tokens: readonly string[];
  /** What the client may have in place of a token. */
  old: OldSessions | undefined;

  authenticated: AuthenticatedSession | undefined;
  /** The client's session is there, and this version cannot read it. */
  unreadable: Unreadable | undefined;
  /** The session as last known to be durable; absent while there is none. */
  saved: SavedSession | undefined;
  /** When `saved` was last known to be as it is stored. */
  knownAt: Moment | undefined;
  /** The id of a session that ended, or whose token ended, while this request worked on it. */
  goneId: string | undefined;
  changes: SessionChanges = {};
  /** Pending while the session's first record is being made. */
  creating: Promise<void> | undefined;
  /** Nothing was stored for this visitor when the request began. */
  isNew: boolean;
  isLoaded: boolean;
  /** User activity restarts the idle limit. */
  isUserActivity: boolean;
  isAccessed = false;
  isClosed = false;
  /** The commit has taken the changes over. Unless it fails, what is changed now could not be stored any more. */
  isTaken = false;
  /** What a first read means once the response has begun; the response where shared caches may store it. */
  late: "harmless" | "unknown" | PendingResponse = "harmless";
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
  #unsaved: SessionState | undefined;
  // Made when they are asked for: most requests do not touch their session.
  #draft: Draft | undefined;
  #started: BackgroundOperations | undefined;

  constructor(
    context: ManagerContext,
    backend: SessionBackend,
    channel: ResponseChannel | undefined,
    tokens: readonly string[],
    saved?: SavedSession,
  ) {
    this.context = context;
    this.backend = backend;
    this.channel = channel;
    this.tokens = tokens;
    this.saved = saved;
    this.isNew = saved === undefined;
    this.isLoaded = saved !== undefined;
    this.isUserActivity = channel !== undefined;
  }

  /** What the request reads and changes of the data. */
  get draft(): Draft {
    this.#draft ??= new Draft(this.context.config.codec, this.saved?.state.entries ?? this.context.config.newSession);
    return this.#draft;
  }

  /** What the request has begun and may not have awaited. */
  get background(): BackgroundOperations {
    this.#started ??= new BackgroundOperations();
    return this.#started;
  }

  /** No change, no pending login or rotation, no operation in flight. */
  get isUntouched(): boolean {
    if (this.isEnded || !hasNoChanges(this.changes) || this.#started?.isQuiet === false) return false;
    return this.#draft === undefined || !this.#draft.isChanged();
  }

  /** The client came with nothing that could open a session. */
  get isAnonymous(): boolean {
    return this.tokens.length === 0 && !this.old;
  }

  /** The client came with a token that login or regenerate had ended: it may read nothing and write nothing. */
  get isRetired(): boolean {
    return this.authenticated?.secretStatus === "revoked" && !this.saved && !this.changes.login;
  }

  /** The hash of the secret that the client came with, where the record waits to see it in use. */
  get seen(): string | undefined {
    const { hash, nonce, probation } = this.saved?.state.control ?? {};
    if ((nonce ?? probation) === undefined || this.authenticated?.secretStatus !== "current") return undefined;
    return this.authenticated.state.control.hash === hash ? hash : undefined;
  }

  /** Why this request may not write, if so. A login creates a session of its own instead. */
  get bar(): SessionError | undefined {
    return this.saved || this.changes.login ? undefined : this.unreadable?.error;
  }

  /** The session as it will be after the commit, apart from its data. */
  get preview(): SessionState {
    const state = this.saved?.state ?? this.unsaved;
    return hasNoChanges(this.changes) ? state : applyChange(state, { ...this.changes, entries: new Map() });
  }

  /** The session that would be created. Its id stays the same once it was read. */
  get unsaved(): SessionState {
    this.#unsaved ??= newSession(this.context, this.given?.id ?? newSessionId(this.context));
    return this.#unsaved;
  }

  /** The token that somebody else decides, if so. */
  get given(): GivenToken | undefined {
    return givenTokenOf(this.channel?.context.head);
  }

  /** The token to create the session under. Asked once: what became of a failed creation under it may never be known. */
  takeToken(): Parameters<SessionBackend["create"]>[1] {
    const wanted = this.given ?? this.#unsaved;
    this.#unsaved = undefined;
    return wanted;
  }

  /** Verifies the tokens and loads their session. What the store fails with becomes the session's `problem`. */
  load(end: number = performance.now() + this.context.config.storeTimeout): Awaitable<void> {
    if (this.isLoaded) return;
    try {
      const ours = this.tokens.length > 0 ? this.backend.open(this.tokens, end) : undefined;
      const found = this.old ? chain(ours, (opened) => opened ?? this.old?.open()) : ours;
      if (isPromise(found)) {
        return found.then(
          (later) => this.#found(later),
          (error) => this.#failed(error),
        );
      }
      this.#found(found);
    } catch (error) {
      this.#failed(error);
    }
  }

  #found(found: AuthenticatedSession | Unreadable | undefined): void {
    if (found?.secretStatus === "unreadable") this.unreadable = found;
    else this.authenticated = found;
    if (this.authenticated && this.authenticated.secretStatus !== "revoked") {
      this.saved = this.authenticated;
      this.isNew = false;
      // The only status whose response sends a token although nothing was stored.
      if (this.authenticated.secretStatus === "previous") this.knownAt = thisMoment();
    }
    this.isLoaded = true;
  }

  #failed(error: unknown): void {
    if (!SessionError.is(error)) throw error;
    this.problem = error;
    this.isLoaded = true;
  }

  /** Drops what is not durable. */
  discard(): void {
    this.#draft = undefined;
    this.changes = {};
  }

  /** The session is over; what comes now belongs to a new one. */
  forget(): void {
    this.saved = undefined;
    this.#unsaved = undefined;
    this.isEnded = true;
    this.discard();
  }
}

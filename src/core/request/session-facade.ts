import type { Duration, SessionLimits } from "../../types/limits.ts";
import type { Session } from "../../types/session.ts";
import type { CookieOverrides } from "../../types/transport.ts";
import { refuseExtra } from "../language/arguments.ts";
import { type Flow, later, run } from "../language/flow.ts";
import { Closed, guardClass } from "../language/guard.ts";
import type { ManagerContext } from "../runtime/context.ts";
import type { Settings } from "../state/change.ts";
import { epochOf } from "../state/epoch.ts";
import { type ExpiryTimes, expiryTimes } from "../state/expiry.ts";
import { exportToken, login, take, takeFlashes, update } from "./atomic-operations.ts";
import { commitChanges, destroySession } from "./commit-changes.ts";
import { assertOpen, assertReadable, assertWritable, runImmediately, unbarred } from "./guards.ts";
import { belongsTo } from "./own-sessions.ts";
import type { RequestSession } from "./request-session.ts";
import { cookieSettings, limitSettings, mergeChanges, rememberSettings } from "./session-changes.ts";
import { sessionHints } from "./session-hints.ts";

type Data = Record<string, unknown>;
type Key = string | number;

/** The session that handlers get: checks what is allowed now, and passes each call on. */
export class SessionFacade extends Closed implements Session<Data> {
  #request: RequestSession;

  static {
    Object.defineProperty(SessionFacade.prototype, belongsTo, {
      configurable: true,
      value(this: SessionFacade, context: ManagerContext): boolean {
        return this.#request.context === context;
      },
    });
  }

  constructor(request: RequestSession) {
    super(sessionHints);
    this.#request = request;
    Object.preventExtensions(this);
  }

  get id(): string {
    return this.#read().preview.id;
  }
  get isNew(): boolean {
    return this.#read().isNew;
  }
  get isChanged(): boolean {
    const { draft, changes } = this.#read();
    return draft.isChanged() || Object.keys(changes).length > 0;
  }
  get userId(): string | undefined {
    return this.#read().preview.userId;
  }
  get epoch(): number {
    return epochOf(this.#read().preview);
  }
  get createdAt(): Date {
    return new Date(this.#read().preview.createdAt);
  }
  get lastSeenAt(): Date {
    return new Date(this.#read().preview.lastSeenAt);
  }
  get authenticatedAt(): Date | undefined {
    return toDate(this.#read().preview.control.authenticatedAt);
  }
  get expiresAt(): Date {
    return new Date(this.#expiryTimes().first);
  }
  get idleExpiresAt(): Date | undefined {
    return toDate(this.#expiryTimes().idle);
  }
  get absoluteExpiresAt(): Date | undefined {
    return toDate(this.#expiryTimes().absolute);
  }

  get(key: Key): unknown {
    return this.#read().draft.get(word(key));
  }
  has(key: Key): boolean {
    return this.#read().draft.has(word(key));
  }
  keys(): string[] {
    return this.#read().draft.keys();
  }
  toObject(): Data {
    const { draft } = this.#read();
    const entries = draft.keys().map((key) => [key, draft.get(key)] as const);
    return Object.fromEntries(entries);
  }

  set(key: Key, value: unknown): this {
    this.#write().draft.set(word(key), value);
    return this;
  }
  delete(key: Key): boolean {
    return this.#write().draft.delete(word(key));
  }
  clear(extra?: unknown): void {
    refuseExtra("clear", extra);
    this.#write().draft.clear();
  }

  update(key: Key, fn: (now: unknown) => unknown, extra?: unknown): Promise<unknown> {
    refuseExtra("update", extra);
    const request = this.#request;
    return runImmediately(request, () => update(unbarred(request), word(key), fn));
  }
  take(key: Key, extra?: unknown): Promise<unknown> {
    refuseExtra("take", extra);
    const request = this.#request;
    return runImmediately(request, () => take(unbarred(request), word(key)));
  }

  flash(message: unknown, channel = "default"): void {
    this.#write().draft.flash(message, channel);
  }
  flashes<T = unknown>(channel = "default", extra?: unknown): Promise<T[]> {
    refuseExtra("flashes", typeof channel === "function" ? channel : extra);
    const request = this.#request;
    return runImmediately(request, () => takeFlashes(request, channel) as Flow<T[]>);
  }

  login(userId: string, extra?: unknown): void {
    refuseExtra("login", extra);
    login(assertOpen(this.#request), userId);
  }
  regenerate(extra?: unknown): void {
    refuseExtra("regenerate", extra);
    this.#write().changes.rotate ??= "regenerate";
  }
  destroy(extra?: unknown): Promise<void> {
    refuseExtra("destroy", extra);
    const request = this.#request;
    return runImmediately(request, () => destroySession(request));
  }

  remember(on: boolean | Duration): void {
    this.#apply(rememberSettings(on));
  }
  expireAfter(limits: SessionLimits): void {
    this.#apply(limitSettings(limits, this.#request.context));
  }
  setCookieAttributes(attributes: CookieOverrides): void {
    this.#apply(cookieSettings(attributes, this.#write().channel));
  }

  exportToken(extra?: unknown): Promise<string> {
    refuseExtra("exportToken", extra);
    return later(() => run(exportToken(this.#write())));
  }
  save(extra?: unknown): Promise<void> {
    refuseExtra("save", extra);
    return later(() => run(commitChanges(this.#write())));
  }
  load(extra?: unknown): Promise<this> {
    refuseExtra("load", extra);
    return later(async () => {
      await this.#request.load();
      assertReadable(this.#request);
      return this;
    });
  }

  /** What logs and JSON show: never the data, never the token. */
  toJSON(): { id: string | undefined } {
    return { id: this.#request.saved?.state.id };
  }

  #read(): RequestSession {
    return assertReadable(this.#request);
  }
  #write(): RequestSession {
    return assertWritable(this.#request);
  }
  #apply(settings: Settings): void {
    const request = this.#write();
    if (Object.keys(settings).length > 0) request.changes = mergeChanges(request.changes, { settings });
  }
  #expiryTimes(): ExpiryTimes {
    const request = this.#read();
    return expiryTimes(request.preview, request.context.config.limits);
  }
}

Object.defineProperty(SessionFacade.prototype, Symbol.for("nodejs.util.inspect.custom"), {
  configurable: true,
  value(this: SessionFacade): string {
    return `Session ${JSON.stringify(this)}`;
  },
});
guardClass(SessionFacade, sessionHints);

const toDate = (time: number | undefined): Date | undefined => (time === undefined ? undefined : new Date(time));

function word(key: unknown): string {
  if (typeof key === "string") return key;
  if (typeof key === "number") return String(key);
  throw new TypeError(`A session key must be a string or a number and is a ${typeof key}.`);
}

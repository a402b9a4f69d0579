import type { SessionError } from "../../types/errors.ts";
import type { SessionState } from "../record/record.ts";
import type { Change } from "../state/change.ts";

/** A session in hand: its last known durable state, and what the client proves its right to it with. */
export interface Held {
  readonly state: SessionState;
  /** The current secret, where this process knows it. */
  readonly secret?: string | undefined;
  /** A sealed token that carries exactly this state. */
  readonly token?: string | undefined;
}

export interface Opened extends Held {
  /** The text that the client sent. */
  readonly presented: string;
  /**
   * `current`: the token of today · `grace`: the one before the last periodic rotation, `secret` already is the new one ·
   * `retired`: one that login or regenerate ended a moment ago.
   */
  readonly standing: "current" | "grace" | "retired";
}

/** A session that is there but that this version cannot read, so that it must not be replaced either. */
export interface Unreadable {
  readonly standing: "unreadable";
  /** What a write is told. */
  readonly error: SessionError;
  /** The session, where the client has proved its right to it: enough to end it. */
  readonly proven: Opened | undefined;
}

export interface Wish {
  readonly change: Change;
  /** The secret that `change.rotation` introduces. */
  readonly secret?: string | undefined;
  /** Restart the idle limit. */
  readonly seen: boolean;
  /** The change computes from what is stored. */
  readonly exact: boolean;
}

/** Where sessions are kept, as one request sees it: a store of records, or the client's own sealed token. */
export interface Keeper {
  readonly kind: "record" | "sealed";
  /** The session of the first token that verifies. Refused ones are told to the observer. @throws SessionError when the store fails */
  open(tokens: readonly string[]): Promise<Opened | Unreadable | undefined>;
  create(wish: Wish, id: string | undefined): Promise<Held>;
  /** @throws SessionError SESSION_GONE and the rest of the commit's errors */
  commit(held: Held, wish: Wish): Promise<Held>;
  /** Records a visit; `undefined` when the session changed meanwhile and nothing was done. */
  touch(held: Held): Promise<Held | undefined>;
  remove(held: Held): Promise<void>;
  /** Takes back a session whose token nobody will ever have; in the background where it takes longer. */
  withdraw(held: Held): Promise<void>;
  /** The session as it is now; `undefined` when it is over, or its token another's. @throws SessionError when the store fails */
  confirm(held: Held): Promise<Held | undefined>;
  /** What the client is to keep; `undefined` when this process cannot know it. */
  token(held: Held): Promise<string | undefined>;
}

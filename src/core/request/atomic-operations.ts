import { isPromise } from "../../crypto/awaitable.ts";
import { SessionError } from "../../types/errors.ts";
import type { Flow } from "../language/flow.ts";
import { encodeValue } from "../record/codec.ts";
import { flashName } from "../record/entries.ts";
import { occasion } from "../runtime/order.ts";
import { commitChanges, commitEntry, commitKey } from "./commit-changes.ts";
import { parseChannel } from "./draft.ts";
import type { RequestSession } from "./request-session.ts";
import { checkUserId } from "./session-changes.ts";

/** The operations of a session that are more than a look at its draft. */

export function* update(request: RequestSession, key: string, fn: (now: unknown) => unknown): Flow<unknown> {
  if (typeof fn !== "function") throw new TypeError("update() takes a key and a function of its value.");
  let result: unknown;
  const made = new Map<string | undefined, { readonly value: unknown; readonly text: string | undefined }>();
  yield* commitKey(request, key, (now) => {
    // A commit may apply an earlier attempt again. What the function makes of one value is made once.
    const known = made.get(now) ?? outcomeOf(request, key, fn, now);
    made.set(now, known);
    result = known.value;
    return known.text;
  });
  return result;
}

function outcomeOf(request: RequestSession, key: string, fn: (now: unknown) => unknown, now: string | undefined) {
  const value = fn(now === undefined ? undefined : request.draft.decode(key, now));
  if (isPromise(value)) {
    throw new TypeError("The function given to update() must be synchronous, because it may have to run again.");
  }
  return { value, text: encodeValue(request.context.config.codec, key, value) };
}

export function* take(request: RequestSession, key: string): Flow<unknown> {
  if (!request.saved && !request.creating) {
    const value = request.draft.get(key);
    request.draft.delete(key);
    return value;
  }
  let taken: unknown;
  yield* commitKey(request, key, (now) => {
    taken = now === undefined ? undefined : request.draft.decode(key, now);
    return undefined;
  });
  return taken;
}

/**
 * Messages of this same request stay where they are: they are for a later one. So do messages that this version cannot
 * decode, which must not keep the visitor from the others.
 */
export function* takeFlashes(request: RequestSession, channel: string): Flow<unknown[]> {
  const name = flashName(channel);
  if (!request.saved || !request.draft.hasStored(name)) return [];
  let messages: unknown[] = [];
  let unread: { readonly error: SessionError } | undefined;
  yield* commitEntry(request, name, (now) => {
    messages = [];
    unread = undefined;
    const left = parseChannel(now).filter((text) => {
      try {
        messages.push(request.draft.decode(`flash ${channel}`, text));
        return false;
      } catch (error) {
        unread = { error: error as SessionError };
        return true;
      }
    });
    return left.length === 0 ? undefined : JSON.stringify(left);
  });
  if (unread) request.context.emit({ type: "warning", code: "UNREADABLE_VALUE", message: unread.error.message });
  return messages;
}

export function login(request: RequestSession, userId: string): void {
  const user = checkUserId(userId);
  const before = request.preview.userId;
  const isOther = before !== undefined && before !== user;
  if (isOther) request.draft.reset();
  const replacesUser = isOther || request.changes.login?.replacesUser === true;
  request.changes = {
    ...request.changes,
    login: { ...occasion(request.context.clock.now()), userId: user, replacesUser },
    rotate: "login",
  };
}

export function* exportToken(request: RequestSession): Flow<string> {
  yield* commitChanges(request, true);
  const token = request.saved && (yield* request.backend.token(request.saved));
  request.isExported = true;
  if (token !== undefined) return token;
  throw new SessionError(
    "NOT_SUPPORTED",
    "The token of this session is not known here, because the store holds only a hash of its secret. Call regenerate() first, which makes a new token.",
  );
}

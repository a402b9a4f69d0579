import { isPromise } from "../../crypto/awaitable.ts";
import { SessionError } from "../../types/errors.ts";
import { encodeValue } from "../record/codec.ts";
import { flashName } from "../record/entries.ts";
import { alter, alterEntry, save } from "./commit-changes.ts";
import { parseChannel } from "./draft.ts";
import type { Visit } from "./request-session.ts";
import { checkUserId } from "./session-changes.ts";

/** The operations of a session that are more than a look at its draft. */

export async function update(visit: Visit, key: string, fn: (now: unknown) => unknown): Promise<unknown> {
  if (typeof fn !== "function") throw new TypeError("update() takes a key and a function of its value.");
  let result: unknown;
  await alter(visit, key, (now) => {
    result = fn(now === undefined ? undefined : visit.draft.decode(key, now));
    if (isPromise(result)) {
      throw new TypeError("The function given to update() must be synchronous, because it may have to run again.");
    }
    return encodeValue(visit.engine.config.codec, key, result);
  });
  return result;
}

export async function take(visit: Visit, key: string): Promise<unknown> {
  if (!visit.held && !visit.creating) {
    const value = visit.draft.get(key);
    visit.draft.delete(key);
    return value;
  }
  let taken: unknown;
  await alter(visit, key, (now) => {
    taken = now === undefined ? undefined : visit.draft.decode(key, now);
    return undefined;
  });
  return taken;
}

/**
 * Messages of this same request stay where they are: they are for a later one. So do messages that this version cannot
 * decode, which must not keep the visitor from the others.
 */
export async function takeFlashes(visit: Visit, channel: string): Promise<unknown[]> {
  const name = flashName(channel);
  if (!visit.held || !visit.draft.hasStored(name)) return [];
  let messages: unknown[] = [];
  let unread: { readonly error: SessionError } | undefined;
  await alterEntry(visit, name, (now) => {
    messages = [];
    unread = undefined;
    const left = parseChannel(now).filter((text) => {
      try {
        messages.push(visit.draft.decode(`flash ${channel}`, text));
        return false;
      } catch (error) {
        unread = { error: error as SessionError };
        return true;
      }
    });
    return left.length === 0 ? undefined : JSON.stringify(left);
  });
  if (unread) visit.engine.emit({ type: "warning", code: "UNREADABLE_VALUE", message: unread.error.message });
  return messages;
}

export function login(visit: Visit, userId: string): void {
  const user = checkUserId(userId);
  const before = visit.preview.userId;
  const isOther = before !== undefined && before !== user;
  if (isOther) visit.draft.reset();
  const afresh = isOther || visit.intent.login?.afresh === true;
  visit.intent = { ...visit.intent, login: { userId: user, at: visit.engine.clock.now(), afresh }, rotate: "login" };
}

export async function exportToken(visit: Visit): Promise<string> {
  await save(visit, true);
  const token = visit.held && (await visit.keeper.token(visit.held));
  visit.isExported = true;
  if (token !== undefined) return token;
  throw new SessionError(
    "NOT_SUPPORTED",
    "The token of this session is not known here, because the store holds only a hash of its secret. Call regenerate() first, which makes a new token.",
  );
}

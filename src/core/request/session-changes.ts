import type { Duration, SessionLimits } from "../../types/session.ts";
import type { CookieOverrides, Transport, TransportContext } from "../../types/transport.ts";
import type { Limits } from "../config/config.ts";
import { milliseconds } from "../config/duration.ts";
import { checkOverrides } from "../http/cookie-overrides.ts";
import type { Login, Settings } from "../state/change.ts";

/** What a request wants of the session itself, apart from its data. */
export interface SessionChanges {
  login?: Login;
  rotate?: "login" | "regenerate";
  settings?: Settings;
}

export const hasNoChanges = (changes: SessionChanges): boolean =>
  !changes.login && !changes.rotate && !changes.settings;

/** An intent that was not carried out, with what was wished for meanwhile on top. */
export function mergeChanges(failed: SessionChanges, since: SessionChanges): SessionChanges {
  const settings = failed.settings || since.settings ? { ...failed.settings, ...since.settings } : undefined;
  return { ...failed, ...since, ...(settings && { settings }) };
}

export function rememberSettings(on: boolean | Duration): Settings {
  return { remember: typeof on === "boolean" ? on : milliseconds(on, "remember()") };
}

export function limitSettings({ idle, absolute }: SessionLimits, limits: Limits, now: number): Settings {
  const length = absolute === undefined ? undefined : milliseconds(absolute, "expireAfter().absolute");
  const capped = length === undefined ? undefined : Math.min(length, limits.absolute ?? length);
  return {
    ...(idle !== undefined && { idle: milliseconds(idle, "expireAfter().idle") }),
    ...(capped !== undefined && { absolute: capped, until: now + capped }),
  };
}

/** @throws SessionError INVALID_OPTION */
export function cookieSettings(
  overrides: CookieOverrides,
  channel: { readonly transport: Transport; readonly context: TransportContext } | undefined,
): Settings {
  checkOverrides(overrides);
  channel?.transport.checkOverrides?.(overrides, channel.context);
  return { cookie: overrides };
}

const utf8 = new TextEncoder();
/** What some database would cut off or change, so that two users became one. */
const unstorable = /[\0\p{Cs}]/u;

/** @throws TypeError */
export function checkUserId(userId: unknown): string {
  if (typeof userId !== "string") throw new TypeError(`A user id must be a string and is a ${typeof userId}.`);
  const bytes = utf8.encode(userId).length;
  if (bytes >= 1 && bytes <= 255 && !unstorable.test(userId)) return userId;
  throw new TypeError(
    `A user id must have 1 to 255 bytes of UTF-8, without NUL and halves of surrogate pairs. This one has ${bytes}.`,
  );
}

import type { Duration, SessionLimits } from "../../types/limits.ts";
import type { CookieOverrides, Transport, TransportContext } from "../../types/transport.ts";
import { milliseconds } from "../config/duration.ts";
import { checkOverrides } from "../http/cookie-overrides.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { type Login, mergeSettings, type Settings } from "../state/change.ts";

/** What a request wants of the session itself, apart from its data. */
export interface SessionChanges {
  login?: Login;
  rotate?: "login" | "regenerate";
  settings?: Settings;
}

export const hasNoChanges = (changes: SessionChanges): boolean =>
  !changes.login && !changes.rotate && !changes.settings;

/** Merges the changes of a failed commit with those made since, which win. */
export function mergeChanges(failed: SessionChanges, since: SessionChanges): SessionChanges {
  const settings = failed.settings && since.settings ? mergeSettings(failed.settings, since.settings) : undefined;
  return { ...failed, ...since, ...(settings && { settings }) };
}

export function rememberSettings(on: boolean | Duration): Settings {
  return typeof on === "boolean" ? { remember: on } : { remember: milliseconds(on, "remember()"), idle: undefined };
}

export function limitSettings({ idle, absolute }: SessionLimits, context: ManagerContext): Settings {
  return {
    ...(idle !== undefined && { idle: lengthOf(idle, "expireAfter().idle") }),
    ...(absolute !== undefined && absoluteSettings(lengthOf(absolute, "expireAfter().absolute"), context)),
  };
}

function absoluteSettings(length: number | undefined, { config, clock }: ManagerContext): Settings {
  if (length === undefined) return { absolute: undefined, until: undefined };
  const absolute = Math.min(length, config.limits.absolute ?? length);
  return { absolute, until: clock.now() + absolute };
}

/** `undefined`: as the manager has it. @throws SessionError INVALID_OPTION */
function lengthOf(value: Duration | "default", option: string): number | undefined {
  return value === "default" ? undefined : milliseconds(value, option, ', or "default"');
}

/** @throws SessionError INVALID_OPTION */
export function cookieSettings(
  overrides: CookieOverrides,
  channel: { readonly transport: Transport; readonly context: TransportContext } | undefined,
): Settings {
  checkOverrides(overrides);
  channel?.transport.checkOverrides?.(overrides, channel.context);
  return Object.keys(overrides).length === 0 ? {} : { cookie: overrides };
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

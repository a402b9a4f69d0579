import { isPromise } from "../../crypto/awaitable.ts";
import { invalidOption } from "../../types/errors.ts";
import type { Observer } from "../../types/events.ts";
import type { LegacySource } from "../../types/legacy.ts";
import type { SessionsOptions } from "../../types/options.ts";
import { notesNamespace } from "../../types/store.ts";
import type { RequestHead } from "../../types/transport.ts";
import { standardCodec } from "../record/codec.ts";
import type { Entries } from "../record/entries.ts";
import { checkSchema } from "../record/schema.ts";
import { type DataRules, newSessionData } from "../record/validate-data.ts";
import { checkOptions } from "./check-options.ts";
import { milliseconds, optionalMilliseconds } from "./duration.ts";
import { pepperKeys } from "./pepper.ts";

/** A manager's timeouts in milliseconds. `undefined`: off. */
export interface Limits {
  readonly idle: number | undefined;
  readonly absolute: number | undefined;
}

/** The options with all defaults applied. Durations are in milliseconds. */
export interface Config extends DataRules {
  readonly name: string;
  readonly application: string | undefined;
  readonly namespace: string;
  readonly limits: Limits;
  readonly touchInterval: number;
  readonly rotateAfter: number | undefined;
  readonly rotationGrace: number;
  readonly onReuse: "end" | "report";
  /** The first key signs, all verify. Empty: off. */
  readonly pepper: readonly string[];
  readonly probation: number | undefined;
  readonly remember: boolean;
  /** The data of a new session: empty, or the defaults of the schema. */
  readonly newSession: Entries;
  readonly generateId: (() => string) | undefined;
  readonly skip: ((request: RequestHead) => boolean) | undefined;
  /** The number of trusted proxies. */
  readonly proxies: number;
  readonly cache: "private" | "no-store";
  readonly storeTimeout: number;
  readonly commitTimeout: number;
  readonly onStoreError: "fail" | "anonymous";
  readonly maxSessionsPerUser: number | undefined;
  readonly overflow: "evict-oldest" | "reject";
  readonly pruneInterval: number | undefined;
  readonly legacy: readonly LegacySource[] | undefined;
  readonly clock: (() => number) | undefined;
  readonly observer: Observer;
}

/** Checks the options and applies the defaults. @throws SessionError INVALID_OPTION, naming the first problem */
export function configure<Data extends object>(options: SessionsOptions<Data>): Config {
  checkOptions(options);
  const name = text(options.name ?? "session", "name");
  const application = options.application === undefined ? undefined : text(options.application, "application");
  const rotateAfter = options.rotateAfter === undefined ? undefined : milliseconds(options.rotateAfter, "rotateAfter");
  const rotationGrace = milliseconds(options.rotationGrace ?? "30s", "rotationGrace");
  if (rotateAfter !== undefined && rotateAfter <= rotationGrace) {
    throw invalidOption("rotateAfter must be longer than rotationGrace, or the previous secret would never end.");
  }
  if (options.codec && options.types) {
    throw invalidOption(
      'Set "codec" or "types", not both: a custom codec replaces the standard one, which uses the types.',
    );
  }
  const codec = options.codec ?? standardCodec(options.types);
  const schema = options.schema && checkSchema(options.schema);
  const unknownKeys = oneOf(options.unknownKeys ?? "keep", "unknownKeys", ["keep", "drop"]);
  const rules = { schema, unknownKeys, codec, maxBytes: integer(options.maxBytes ?? 1_048_576, "maxBytes", 1) };
  return {
    ...rules,
    name,
    application,
    namespace: namespaceOf(options.namespace, name, application),
    limits: limitsOf(options),
    touchInterval: milliseconds(options.touchInterval ?? "1m", "touchInterval"),
    rotateAfter,
    rotationGrace,
    onReuse: oneOf(options.onReuse ?? "end", "onReuse", ["end", "report"]),
    pepper: pepperKeys(options.pepper),
    probation: options.probation === undefined ? undefined : milliseconds(options.probation, "probation"),
    remember: options.remember ?? true,
    newSession: newSessionData(rules),
    generateId: options.generateId,
    skip: options.skip,
    proxies: integer(Number(options.trustProxy ?? 0), "trustProxy", 0),
    cache: oneOf(options.cache ?? "private", "cache", ["private", "no-store"]),
    storeTimeout: milliseconds(options.storeTimeout ?? "2s", "storeTimeout"),
    commitTimeout: milliseconds(options.commitTimeout ?? "5s", "commitTimeout"),
    onStoreError: oneOf(options.onStoreError ?? "fail", "onStoreError", ["fail", "anonymous"]),
    maxSessionsPerUser:
      options.maxSessionsPerUser === undefined
        ? undefined
        : integer(options.maxSessionsPerUser, "maxSessionsPerUser", 1),
    overflow: oneOf(options.overflow ?? "evict-oldest", "overflow", ["evict-oldest", "reject"]),
    pruneInterval: optionalMilliseconds(options.pruneInterval ?? "10m", "pruneInterval"),
    legacy: options.legacy,
    clock: options.clock,
    observer: isolateObserver(options.observer ?? printProblems),
  };
}

function namespaceOf(given: string | undefined, name: string, application: string | undefined): string {
  if (given !== undefined || application === undefined) {
    const own = text(given ?? name, "namespace");
    if (own !== notesNamespace) return own;
    throw invalidOption(`namespace may not be ${JSON.stringify(own)}, where managers keep notes of their own.`);
  }
  const both = `${application}/${name}`;
  if (both.length <= 64) return both;
  throw invalidOption(
    `application and name form the default namespace and together may have 63 characters; these have ${both.length - 1}. Shorten one of them, or set a namespace.`,
  );
}

/** Adapts the default of one limit to a given other one. Two given limits must be consistent. */
function limitsOf(options: Pick<SessionsOptions<object>, "idleTimeout" | "absoluteTimeout">): Limits {
  const { idleTimeout, absoluteTimeout } = options;
  const idle = optionalMilliseconds(idleTimeout ?? "24h", "idleTimeout");
  const absolute = optionalMilliseconds(absoluteTimeout ?? "30d", "absoluteTimeout");
  if (idle === undefined || absolute === undefined || idle <= absolute) return { idle, absolute };
  if (idleTimeout !== undefined && absoluteTimeout !== undefined) {
    throw invalidOption(
      "idleTimeout is longer than absoluteTimeout, so it would never take effect. Shorten it, or set it to false.",
    );
  }
  return idleTimeout === undefined ? { idle: absolute, absolute } : { idle, absolute: idle };
}

function text(value: unknown, option: string): string {
  if (typeof value === "string" && value.length > 0 && value.length <= 64 && !value.includes("\0")) return value;
  throw invalidOption(`${option} must be a string of 1 to 64 characters without NUL.`);
}

function integer(value: number, option: string, min: number): number {
  if (Number.isSafeInteger(value) && value >= min) return value;
  throw invalidOption(`${option} must be an integer of at least ${min}.`);
}

function oneOf<T extends string>(value: T, option: string, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  throw invalidOption(`${option} must be one of ${allowed.map((word) => `"${word}"`).join(", ")}.`);
}

/** Wraps an observer so that its exceptions, return values and pending promises affect nothing. */
export function isolateObserver(observer: Observer): Observer {
  return (event) => {
    try {
      const result = observer(event);
      if (isPromise(result)) result.then(undefined, () => undefined);
    } catch {
      // An observer must not be able to fail a request.
    }
  };
}

const printProblems: Observer = (event) => {
  if (event.type === "warning") console.warn(`coatcheck: ${event.message}`);
  if (event.type === "store-error")
    console.warn(`coatcheck: the session store failed (${event.operation}):`, event.error);
};

import { isPromise } from "../../crypto/awaitable.ts";
import { invalidOption } from "../../types/errors.ts";
import type { Observer } from "../../types/events.ts";
import type { SessionsOptions } from "../../types/options.ts";
import type { RequestHead } from "../../types/transport.ts";
import { standardCodec } from "../record/codec.ts";
import type { Entries } from "../record/entries.ts";
import { checkSchema } from "../record/schema.ts";
import { type DataRules, newSessionData } from "../record/validate-data.ts";
import { milliseconds, optionalMilliseconds } from "./duration.ts";

/** A manager's limits in milliseconds; `undefined` where one is off. */
export interface Limits {
  readonly idle: number | undefined;
  readonly absolute: number | undefined;
}

/** The options with every default in place, durations in milliseconds. */
export interface Config extends DataRules {
  readonly name: string;
  readonly application: string | undefined;
  readonly namespace: string;
  readonly limits: Limits;
  readonly rotateAfter: number | undefined;
  readonly rotationGrace: number;
  readonly remember: boolean;
  /** What a session holds before anything was written: nothing, or the defaults of the schema. */
  readonly newSession: Entries;
  readonly generateId: (() => string) | undefined;
  readonly skip: ((request: RequestHead) => boolean) | undefined;
  /** Proxies to believe; 0: none. */
  readonly proxies: number;
  readonly cache: "private" | "no-store";
  readonly storeTimeout: number;
  readonly commitTimeout: number;
  readonly onStoreError: "fail" | "anonymous";
  readonly maxSessionsPerUser: number | undefined;
  readonly overflow: "evict-oldest" | "reject";
  readonly pruneInterval: number | undefined;
  readonly clock: (() => number) | undefined;
  readonly observer: Observer;
}

/** @throws SessionError INVALID_OPTION, one sentence for each thing that is wrong */
export function configure<Data extends object>(options: SessionsOptions<Data>): Config {
  const name = text(options.name ?? "session", "name");
  const application = options.application === undefined ? undefined : text(options.application, "application");
  const rotateAfter = options.rotateAfter === undefined ? undefined : milliseconds(options.rotateAfter, "rotateAfter");
  const rotationGrace = milliseconds(options.rotationGrace ?? "30s", "rotationGrace");
  if (rotateAfter !== undefined && rotateAfter <= rotationGrace) {
    throw invalidOption("rotateAfter must be longer than rotationGrace, or the previous secret would never end.");
  }
  if (options.codec && options.types) {
    throw invalidOption('Give "codec" or "types": an own codec replaces the one that would know the types.');
  }
  const codec = options.codec ?? standardCodec(options.types);
  const schema = options.schema && checkSchema(options.schema);
  const unknownKeys = oneOf(options.unknownKeys ?? "keep", "unknownKeys", ["keep", "drop"]);
  const shape = { schema, unknownKeys, codec, maxBytes: whole(options.maxBytes ?? 1_048_576, "maxBytes", 1) };
  return {
    ...shape,
    name,
    application,
    namespace: namespaceOf(options.namespace, name, application),
    limits: limitsOf(options),
    rotateAfter,
    rotationGrace,
    remember: options.remember ?? true,
    newSession: newSessionData(shape),
    generateId: options.generateId,
    skip: options.skip,
    proxies: whole(Number(options.trustProxy ?? 0), "trustProxy", 0),
    cache: oneOf(options.cache ?? "private", "cache", ["private", "no-store"]),
    storeTimeout: milliseconds(options.storeTimeout ?? "2s", "storeTimeout"),
    commitTimeout: milliseconds(options.commitTimeout ?? "5s", "commitTimeout"),
    onStoreError: oneOf(options.onStoreError ?? "fail", "onStoreError", ["fail", "anonymous"]),
    maxSessionsPerUser:
      options.maxSessionsPerUser === undefined ? undefined : whole(options.maxSessionsPerUser, "maxSessionsPerUser", 1),
    overflow: oneOf(options.overflow ?? "evict-oldest", "overflow", ["evict-oldest", "reject"]),
    pruneInterval: optionalMilliseconds(options.pruneInterval ?? "10m", "pruneInterval"),
    clock: options.clock,
    observer: isolateObserver(options.observer ?? printProblems),
  };
}

function namespaceOf(given: string | undefined, name: string, application: string | undefined): string {
  if (given !== undefined || application === undefined) return text(given ?? name, "namespace");
  const both = `${application}/${name}`;
  if (both.length <= 64) return both;
  throw invalidOption(
    `application and name together are the default namespace and may have 63 characters; these have ${both.length - 1}. Shorten one of them, or give a namespace.`,
  );
}

/** A default adapts to the limit that is given; two given limits must agree. */
function limitsOf(options: Pick<SessionsOptions<object>, "idleTimeout" | "absoluteTimeout">): Limits {
  const { idleTimeout, absoluteTimeout } = options;
  const idle = optionalMilliseconds(idleTimeout ?? "24h", "idleTimeout");
  const absolute = optionalMilliseconds(absoluteTimeout ?? "30d", "absoluteTimeout");
  if (idle === undefined || absolute === undefined || idle <= absolute) return { idle, absolute };
  if (idleTimeout !== undefined && absoluteTimeout !== undefined) {
    throw invalidOption(
      `idleTimeout (${idleTimeout}) is longer than absoluteTimeout (${absoluteTimeout}), so it would never take effect. Shorten it, or set it to false.`,
    );
  }
  return idleTimeout === undefined ? { idle: absolute, absolute } : { idle, absolute: idle };
}

function text(value: unknown, option: string): string {
  if (typeof value === "string" && value.length > 0 && value.length <= 64 && !value.includes("\0")) return value;
  throw invalidOption(`${option} must be a text of 1 to 64 characters.`);
}

function whole(value: number, option: string, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw invalidOption(`${option} must be a whole number of at least ${least}.`);
}

function oneOf<T extends string>(value: T, option: string, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  throw invalidOption(`${option} must be one of ${allowed.map((word) => `"${word}"`).join(", ")}.`);
}

/** An observer watches: nothing that it throws, returns or leaves pending changes an outcome. */
export function isolateObserver(observer: Observer): Observer {
  return (event) => {
    try {
      const answer = observer(event);
      if (isPromise(answer)) answer.then(undefined, () => undefined);
    } catch {
      // Its own business.
    }
  };
}

const printProblems: Observer = (event) => {
  if (event.type === "warning") console.warn(`coatcheck: ${event.message}`);
  if (event.type === "store-error")
    console.warn(`coatcheck: the session store failed (${event.operation}):`, event.error);
};

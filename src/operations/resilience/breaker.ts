import { milliseconds } from "../../core/config/duration.ts";
import { checkKeys, type Known } from "../../core/language/known-keys.ts";
import { invalidOption, SessionError } from "../../types/errors.ts";
import type { Duration } from "../../types/limits.ts";
import type { SessionStore } from "../../types/store.ts";
import type { BreakerChange } from "../shared/breaker-change.ts";
import { quietly } from "../shared/quietly.ts";
import { type Ending, watchCall } from "../shared/watch-call.ts";
import { type StoreOperation, wrapStore } from "../shared/wrap-store.ts";
import { Circuit, type Refusal, type Verdict } from "./circuit.ts";

/** Options of `breaker()`. */
export interface BreakerOptions {
  /** So many calls in a row that fail or time out open the breaker. @default 5 */
  readonly failures?: number | undefined;
  /** How long it stays open before one call tries the store: at least this, at most half of it more. @default "1s" */
  readonly retryAfter?: Duration | undefined;
  /** How many calls may wait for an answer at once. The next ones fail at once. @default 1_000 */
  readonly maxPending?: number | undefined;
  /** Receives the first state and every change. Exceptions and rejections are ignored. */
  readonly onChange?: ((change: BreakerChange) => void) | undefined;
}

const known: Known<BreakerOptions> = { failures: true, retryAfter: true, maxPending: true, onChange: true };

/** Operations whose answer comes soon if the store is well. A `prune` may take minutes. */
const short: ReadonlySet<StoreOperation> = new Set(["read", "create", "replace", "touch", "delete", "time"]);

/** Where the time and the dice come from. */
export interface Host {
  now(): number;
  random(): number;
}

const thisHost: Host = { now: () => performance.now(), random: () => Math.random() };

/**
 * Returns a store that spares one that is down or too slow. After some failures in a row its calls fail at once instead of
 * waiting for `storeTimeout`, and nothing is sent; then one call at a time tries whether the store is back. What it refuses
 * is `STORE_UNAVAILABLE`, and nothing was written.
 *
 * @example
 * const sessions = createSessions({ store: breaker(redisStore({ url })) });
 *
 * @throws SessionError INVALID_OPTION
 */
export function breaker(store: SessionStore, options: BreakerOptions = {}): SessionStore {
  return breakerOn(thisHost, store, options);
}

export function breakerOn(host: Host, store: SessionStore, options: BreakerOptions = {}): SessionStore {
  checkKeys(options, known, "breaker()");
  const rules = {
    failures: atLeastOne("failures", options.failures ?? 5),
    retryAfter: milliseconds(options.retryAfter ?? "1s", "retryAfter"),
    maxPending: atLeastOne("maxPending", options.maxPending ?? 1_000),
  };
  const { onChange } = options;
  if (onChange !== undefined && typeof onChange !== "function") throw invalidOption("onChange must be a function.");
  const circuit = new Circuit(rules, host.random);
  let told: string | undefined;
  let error: unknown;
  const tell = (): void => {
    const { state } = circuit;
    if (state === told) return;
    told = state;
    quietly(() => onChange?.({ store: store.name, state, error }));
  };
  const wrapped = wrapStore(store, "breaker()", (operation, run, call) => {
    const ticket = circuit.enter(host.now(), short.has(operation));
    tell();
    if ("because" in ticket) throw refused(store.name, operation, ticket, error);
    return watchCall(run, call, (ending) => {
      const verdict = verdictOn(ending);
      if (verdict === "failed" && "error" in ending) error = ending.error;
      circuit.leave(ticket, verdict, host.now());
      tell();
    });
  });
  tell();
  return wrapped;
}

/** Every answer is one, whatever it says. An error that is about the arguments says nothing about the store. */
function verdictOn(ending: Ending<unknown>): Verdict {
  if (!("error" in ending)) return "answered";
  const { error, abandoned } = ending;
  if (abandoned || !SessionError.is(error)) return "failed";
  return error.code === "STORE_UNAVAILABLE" || error.code === "STORE_TIMEOUT" ? "failed" : "nothing";
}

function refused(store: string, operation: StoreOperation, refusal: Refusal, cause: unknown): SessionError {
  const rest = `so "${operation}" was not sent. Nothing was written.`;
  if (refusal.because === "pending") {
    return new SessionError(
      "STORE_UNAVAILABLE",
      `${refusal.pending} calls of the ${store} store wait for an answer, ${rest} The store is too slow for so many requests.`,
    );
  }
  const next =
    refusal.because === "open"
      ? `The next try is in ${Math.ceil(refusal.retryIn)} ms.`
      : "One call tries whether it is back.";
  return new SessionError(
    "STORE_UNAVAILABLE",
    `The ${store} store has failed too often, and its breaker is open, ${rest} ${next} The cause of this error is what the store failed with last.`,
    { cause },
  );
}

function atLeastOne(option: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw invalidOption(`${option} must be an integer of at least 1.`);
}

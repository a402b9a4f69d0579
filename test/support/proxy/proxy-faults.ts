/**
 * What happens to a request; a request is what a client sends in one piece.
 *
 * - `delay`: it and its reply are only late. It arrives late even if the client has given up meanwhile, as in a slow network.
 * - `drop`: the connection is a black hole from here on: it stays open, nothing arrives and nothing is answered.
 * - `before`: the client's connection is reset, the server gets nothing.
 * - `after`: the server gets the request, and the client's connection is reset as soon as the server replies. With several requests under way on
 *   one connection that may be the reply to another; the server gets all the same.
 */
export type Fault =
  | { readonly kind: "delay"; readonly ms: number }
  | { readonly kind: "drop" }
  | { readonly kind: "before" }
  | { readonly kind: "after" };

export interface Aim {
  /** Only requests whose bytes hold this text, such as `UPDATE` or `EVALSHA`; others pass. */
  readonly match?: string | undefined;
}

export interface Faults {
  /** How often each kind has struck. */
  readonly struck: Readonly<Record<Fault["kind"], number>>;
  /** Strikes from now on, by default always. A `drop` without aim swallows new connections from their first byte. */
  set(fault: Fault, aim?: Aim & { readonly probability?: number | undefined }): void;
  /** Strikes one request, the next. Resolves when it has struck. */
  once(fault: Fault, aim?: Aim): Promise<void>;
  /** No faults from now on; a black hole stays one. */
  clear(): void;
}

/** The fault that was chosen for one request. */
export interface Chosen {
  readonly fault: Fault;
  /** To be called when it happens. */
  strike(): void;
}

export interface FaultPlan extends Faults {
  choose(request: Buffer): Chosen | undefined;
  chooseForConnection(): Chosen | undefined;
}

interface Armed extends Aim {
  readonly fault: Fault;
  readonly probability: number;
  readonly onStruck?: () => void;
}

export function planFaults(seed: number): FaultPlan {
  const random = randomFrom(seed);
  const struck = { delay: 0, drop: 0, before: 0, after: 0 };
  let standing: Armed | undefined;
  let next: Armed[] = [];

  const chosen = ({ fault, onStruck }: Armed): Chosen => ({
    fault,
    strike() {
      struck[fault.kind]++;
      onStruck?.();
    },
  });
  return {
    struck,
    set(fault, { match, probability = 1 } = {}) {
      standing = { fault, match, probability };
    },
    once: (fault, { match } = {}) =>
      new Promise((resolve) => next.push({ fault, match, probability: 1, onStruck: resolve })),
    clear() {
      standing = undefined;
      next = [];
    },
    choose(request) {
      const single = next.find((armed) => isAimedAt(armed, request));
      if (single !== undefined) {
        next = next.filter((armed) => armed !== single);
        return chosen(single);
      }
      if (standing === undefined || !isAimedAt(standing, request)) return undefined;
      return random() < standing.probability ? chosen(standing) : undefined;
    },
    chooseForConnection() {
      if (standing?.fault.kind !== "drop" || standing.match !== undefined) return undefined;
      return random() < standing.probability ? chosen(standing) : undefined;
    },
  };
}

const isAimedAt = ({ match }: Aim, request: Buffer): boolean => match === undefined || request.includes(match);

/** mulberry32: numbers from 0 to 1, the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

import type { Operation, Plan, RequestStep, Setting, Step } from "../plan/plan.ts";
import type { Fate } from "../world/network.ts";

/** Everything that matters for the order of two requests. */
const operations: readonly Operation[] = [
  { do: "set", key: "a" },
  { do: "take", key: "a" },
  { do: "count" },
  { do: "flashes" },
  { do: "login" },
  { do: "regenerate" },
  { do: "destroy" },
];

/** What may become of one call. */
export const faults: readonly Fate[] = ["refused", "broken", "repeated", "rewound"];

const setting: Setting = {
  processes: 2,
  clients: 1,
  sharing: 0,
  rotateAfter: undefined,
  maxSessionsPerUser: undefined,
  overflow: "reject",
  hasStoreTime: false,
  hasOldVersion: false,
};

/** What there is before: a session with a value, a counter and a message. */
const before: Step = requestStep(1, 0, 0, [{ do: "set", key: "a" }, { do: "count" }, { do: "flash" }]);

/** What becomes of the call after so many others. */
export interface Fault {
  readonly process: number;
  readonly fate: Fate;
  readonly skip: number;
}

/** Two requests of two operations each, by one client and at once: on one process and on two. */
export function* pairs(): Generator<readonly [RequestStep, RequestStep]> {
  const sequences = operations.flatMap((first) => operations.map((second) => [first, second]));
  for (const [index, one] of sequences.entries()) {
    for (const other of sequences.slice(index)) {
      for (const process of [0, 1]) yield [requestStep(2, 0, 1_000, one), requestStep(3, process, 1_000, other)];
    }
  }
}

export function planOf(pair: readonly [RequestStep, RequestStep], fault: Fault | undefined): Plan {
  const failing: Step[] = fault ? [{ kind: "call", id: 4, at: 900, operation: undefined, ...fault }] : [];
  return { seed: 1, setting, steps: [before, ...failing, ...pair] };
}

function requestStep(id: number, process: number, at: number, steps: readonly Operation[]): RequestStep {
  const look: Operation = { do: "look" };
  return {
    ...{ kind: "request", id, at, client: 0, process, cookie: "own", status: 200, isAwaited: true },
    operations: [look, ...steps],
  };
}

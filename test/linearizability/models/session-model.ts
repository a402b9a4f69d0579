import type { Model } from "../workload/history.ts";

/** The data of a session in these tests. Each value that is written is written once. */
export interface Visit {
  /** Another one with each login or regenerate, in the same commit: it names the session's token. */
  readonly era: string;
  /** Always written together. */
  readonly left?: string;
  readonly right?: string;
  /** Only ever changed by `update`, which tells what it replaced. */
  readonly last?: string;
  /** Only ever removed by `take`. */
  readonly coupon?: string;
}

/** `era`: the one that the request found when it began; what it changes counts in that era only. */
export type SessionInput =
  | { readonly do: "issue"; readonly data: Visit }
  /** Reads everything but the messages. With `era`: by the token of that era, without: by the id. */
  | { readonly do: "open"; readonly era?: string }
  | { readonly do: "pair"; readonly era: string; readonly value: string }
  | { readonly do: "swap"; readonly era: string; readonly value: string }
  | { readonly do: "offer"; readonly era: string; readonly value: string }
  | { readonly do: "take"; readonly era: string }
  | { readonly do: "flash"; readonly era: string; readonly value: string }
  | { readonly do: "flashes"; readonly era: string }
  | { readonly do: "renew"; readonly era: string; readonly value: string }
  /** Hears that the session or this era of it is over, and nothing else. */
  | { readonly do: "miss"; readonly era: string }
  /** The library takes back an era whose token was never handed out, because its commit ended without an answer. */
  | { readonly do: "withdraw"; readonly era: string }
  | { readonly do: "destroy" }
  | { readonly do: "revoke" };

export type SessionOutput =
  | "done"
  /** The session, or its era, was over. */
  | "gone"
  | boolean
  | { readonly found: Visit }
  /** `null`: there was nothing. */
  | { readonly replaced: string | null }
  | { readonly taken: string | null }
  | { readonly messages: readonly string[] };

export interface LiveState {
  readonly data: Visit;
  readonly messages: readonly string[];
}

export type SessionState = "not yet" | "over" | LiveState;

/** One session as the library promises it, whatever the number of processes. */
export const sessionModel: Model<SessionState, SessionInput, SessionOutput> = {
  initial: "not yet",
  perform,
  isObservation: (input, output) => input.do === "open" || output === "gone" || output === false || isNothing(output),
  isSpent(state, input) {
    if (typeof state === "string") return state === "over";
    return "era" in input && input.era !== state.data.era;
  },
  // A new era shows in that the one before it is over, even where nobody learns its name.
  trace: (input) => ("value" in input && input.do !== "renew" ? input.value : undefined),
  held: (state) => (typeof state === "string" ? [] : [...valuesOf(state.data), ...state.messages]),
  shown,
  isMissed(state, output) {
    if (typeof state === "string" || typeof output === "string" || !("messages" in Object(output))) return false;
    const { messages } = output as { messages: readonly string[] };
    return state.messages.some((message, n) => message !== messages[n]);
  },
  describe(value) {
    if (typeof value !== "object" || !("do" in value)) return JSON.stringify(value);
    const { do: act, ...rest } = value;
    return [act, ...Object.entries(rest).map(([name, part]) => `${name} ${JSON.stringify(part)}`)].join(" ");
  },
};

function perform(state: SessionState, input: SessionInput): [after: SessionState, output: SessionOutput] {
  if (input.do === "issue") return state === "not yet" ? [live(input.data), "done"] : [state, "gone"];
  if (input.do === "revoke") return typeof state === "object" ? ["over", true] : [state, false];
  if (input.do === "destroy") return [typeof state === "object" ? "over" : state, "done"];
  if (typeof state === "string") return [state, "gone"];
  const { data, messages } = state;
  if (input.era !== undefined && input.era !== data.era) return [state, "gone"];
  switch (input.do) {
    case "open":
      return [state, { found: data }];
    case "miss":
      return [state, "done"];
    case "withdraw":
      return ["over", "done"];
    case "pair":
      return [live({ ...data, left: input.value, right: input.value }, messages), "done"];
    case "swap":
      return [live({ ...data, last: input.value }, messages), { replaced: data.last ?? null }];
    case "offer":
      return [live({ ...data, coupon: input.value }, messages), "done"];
    case "take": {
      const { coupon = null, ...rest } = data;
      return [coupon === null ? state : live(rest, messages), { taken: coupon }];
    }
    case "flash":
      return [live(data, [...messages, input.value]), "done"];
    case "flashes":
      return [messages.length === 0 ? state : live(data), { messages }];
    case "renew":
      return [live({ ...data, era: input.value }, messages), "done"];
  }
}

/** Always in one order, so that equal states and equal outputs have equal texts. */
export function visitOf({ era, left, right, last, coupon }: Visit): Visit {
  return {
    era,
    ...(left !== undefined && { left }),
    ...(right !== undefined && { right }),
    ...(last !== undefined && { last }),
    ...(coupon !== undefined && { coupon }),
  };
}

const live = (data: Visit, messages: readonly string[] = []): LiveState => ({ data: visitOf(data), messages });

/** A look that found nothing to take. */
function isNothing(output: SessionOutput): boolean {
  if (typeof output !== "object") return false;
  return "taken" in output ? output.taken === null : "messages" in output && output.messages.length === 0;
}

function shown(output: SessionOutput): readonly string[] {
  if (typeof output !== "object") return [];
  if ("found" in output) return valuesOf(output.found);
  if ("messages" in output) return output.messages;
  const value = "taken" in output ? output.taken : output.replaced;
  return value === null ? [] : [value];
}

/** The two values of a pair are one. */
function valuesOf({ right, ...data }: Visit): string[] {
  return Object.values(data);
}

import type { Model } from "../workload/history.ts";

/** The smallest object worth checking: one value that is read, written and compared with what is expected before. */
export type RegisterInput =
  | { readonly do: "read" }
  | { readonly do: "write"; readonly value: string }
  | { readonly do: "swap"; readonly expected: string; readonly value: string };

export const register: Model<string, RegisterInput, string | boolean> = {
  initial: "",
  perform(state, input) {
    if (input.do === "read") return [state, state];
    if (input.do === "write") return [input.value, true];
    return state === input.expected ? [input.value, true] : [state, false];
  },
  isObservation: (input, output) => input.do === "read" || output === false,
  describe: (value) => (typeof value === "object" ? Object.values(value).join(" ") : JSON.stringify(value)),
};

import type { StoredRecord } from "coatcheck";
import type { Model } from "./_history.ts";

/** What a store keeps under one key. */
export type Content = Omit<StoredRecord, "namespace" | "id">;

export type RecordInput =
  | { readonly do: "read" }
  | { readonly do: "create"; readonly content: Content }
  | { readonly do: "replace"; readonly content: Content; readonly expected: number }
  | { readonly do: "touch"; readonly expected: number; readonly lastSeenAt: number; readonly expiresAt: number }
  | { readonly do: "delete" };

export type RecordOutput = boolean | RecordState;

export type RecordState = Content | "absent";

/** The store contract for one key, in which nothing expires. */
export const recordModel: Model<RecordState, RecordInput, RecordOutput> = {
  initial: "absent",
  perform(state, input) {
    if (input.do === "read") return [state, state];
    const after = changed(state, input);
    return [after ?? state, after !== undefined];
  },
  isObservation: ({ do: act }, output) => act === "read" || output === false,
  /** Versions only grow. Should somebody create again what was deleted, an unknown replace could count once more. */
  isSpent(state, input) {
    if (state === "absent") return input.do !== "create";
    return "expected" in input && input.expected < state.version;
  },
  held: (state) => (state === "absent" ? [] : [state.body]),
  shown: (output) => (typeof output === "object" ? [output.body] : []),
  describe(value) {
    if (typeof value !== "object") return String(value);
    return "do" in value ? describeInput(value) : describeContent(value);
  },
};

/** What an operation that writes leaves; `undefined` where it must be refused. */
function changed(state: RecordState, input: Exclude<RecordInput, { do: "read" }>): RecordState | undefined {
  if (input.do === "create") return state === "absent" ? inOrder(input.content) : undefined;
  if (state === "absent") return undefined;
  if (input.do === "delete") return "absent";
  if (state.version !== input.expected) return undefined;
  const { lastSeenAt, expiresAt } = input.do === "touch" ? input : input.content;
  const isSeenLater = state.lastSeenAt > lastSeenAt;
  const times = {
    lastSeenAt: isSeenLater ? state.lastSeenAt : lastSeenAt,
    expiresAt: isSeenLater ? Math.max(state.expiresAt, expiresAt) : expiresAt,
  };
  return inOrder({ ...(input.do === "touch" ? state : input.content), ...times });
}

/** Fields always in one order, so that equal records have equal texts. */
export function inOrder({ version, body, userId, createdAt, lastSeenAt, expiresAt }: Content): Content {
  return { version, body, ...(userId !== undefined && { userId }), createdAt, lastSeenAt, expiresAt };
}

function describeInput(input: RecordInput): string {
  switch (input.do) {
    case "create":
      return `create ${describeContent(input.content)}`;
    case "replace":
      return `replace version ${input.expected} by ${describeContent(input.content)}`;
    case "touch":
      return `touch version ${input.expected}, seen ${input.lastSeenAt}, until ${input.expiresAt}`;
    default:
      return input.do;
  }
}

function describeContent({ version, body, userId = "nobody", lastSeenAt, expiresAt }: Content): string {
  return `version ${version} "${body}" of ${userId}, seen ${lastSeenAt}, until ${expiresAt}`;
}

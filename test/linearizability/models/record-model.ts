import type { RecordStamp, StoredRecord } from "coatcheck";
import { isAt } from "../../../src/stores/shared/fence.ts";
import type { Model } from "../workload/history.ts";

/** What a store keeps under one key. */
export type Content = Omit<StoredRecord, "namespace" | "id">;

export type RecordInput =
  | { readonly do: "read" }
  | { readonly do: "create"; readonly content: Content }
  | { readonly do: "replace"; readonly content: Content; readonly expected: RecordStamp }
  | { readonly do: "touch"; readonly expected: RecordStamp; readonly lastSeenAt: number; readonly expiresAt: number }
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
    return "expected" in input && input.expected.version < state.version;
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
  if (!isAt(state, input.expected)) return undefined;
  const { lastSeenAt, expiresAt } = input.do === "touch" ? input : input.content;
  const isSeenLater = state.lastSeenAt > lastSeenAt;
  const times = {
    lastSeenAt: isSeenLater ? state.lastSeenAt : lastSeenAt,
    expiresAt: isSeenLater ? Math.max(state.expiresAt, expiresAt) : expiresAt,
  };
  return inOrder({ ...(input.do === "touch" ? state : input.content), ...times });
}

/** Fields always in one order, so that equal records have equal texts. */
export function inOrder({ version, commitId, body, userId, createdAt, lastSeenAt, expiresAt }: Content): Content {
  return { version, commitId, body, ...(userId !== undefined && { userId }), createdAt, lastSeenAt, expiresAt };
}

function describeInput(input: RecordInput): string {
  switch (input.do) {
    case "create":
      return `create ${describeContent(input.content)}`;
    case "replace":
      return `replace ${describeStamp(input.expected)} by ${describeContent(input.content)}`;
    case "touch":
      return `touch ${describeStamp(input.expected)}, seen ${input.lastSeenAt}, until ${input.expiresAt}`;
    default:
      return input.do;
  }
}

const describeStamp = ({ version, commitId }: RecordStamp): string => `version ${version} of commit ${commitId}`;

function describeContent({ body, userId = "nobody", lastSeenAt, expiresAt, ...stamp }: Content): string {
  return `${describeStamp(stamp)} "${body}" of ${userId}, seen ${lastSeenAt}, until ${expiresAt}`;
}

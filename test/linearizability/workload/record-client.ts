import type { RecordStamp, SessionStore, StoreCall } from "coatcheck";
import type { Random } from "../../support/random.ts";
import { type Content, inOrder, type RecordInput, type RecordOutput } from "../models/record-model.ts";
import { comeBackLater, isCertain, withPatience } from "./patience.ts";
import type { Recorder } from "./recorder.ts";

export interface RecordClientOptions {
  readonly name: string;
  readonly store: SessionStore;
  readonly namespace: string;
  /** The time that all clients tell the store, the same for all. Nothing expires for hours after it. */
  readonly now: number;
  /** How long a client waits for an answer, in milliseconds. */
  readonly patience: number;
  readonly random: Random;
  readonly recorder: Recorder<RecordInput, RecordOutput>;
  /** How many records all clients share. */
  readonly slots: number;
}

/** What a client last heard of the record in one slot. One that was deleted is followed by another under a new id. */
interface Slot {
  generation: number;
  /** `undefined`: it has not been seen yet. */
  stamp: RecordStamp | undefined;
  isToBe: "looked at" | "created" | "used";
}

const hour = 3_600_000;

/** A client of a store that does something at random with each call, on records that other clients work on too. */
export function recordClient(options: RecordClientOptions): () => Promise<void> {
  const { name, now, random } = options;
  const slots: Slot[] = Array.from({ length: options.slots }, () => ({
    generation: 0,
    stamp: undefined,
    isToBe: "looked at",
  }));
  let writes = 0;

  const times = () => ({ lastSeenAt: now + random.below(100), expiresAt: now + hour + random.below(100) });
  const content = (version: number): Content => ({
    version,
    commitId: `${name.replace(/\W/g, "-")}-${++writes}`,
    body: `${name}.${writes}`,
    ...(random.chance(0.5) && { userId: random.weighted({ ann: 1, bob: 1 }) }),
    createdAt: now,
    ...times(),
  });
  const choose = ({ isToBe, stamp = { version: 1, commitId: "unheard-of" } }: Slot): RecordInput => {
    if (isToBe === "looked at") return { do: "read" };
    if (isToBe === "created") return { do: "create", content: content(1) };
    // Seldom another version, or another commit, than the one last heard of.
    const version = Math.max(1, random.chance(0.1) ? stamp.version + 1 - random.below(3) : stamp.version);
    const expected = { version, commitId: random.chance(0.05) ? "of-another-history" : stamp.commitId };
    const act = random.weighted({ read: 25, replace: 45, touch: 25, delete: 1.5 });
    if (act === "replace") return { do: act, content: content(version + 1), expected };
    return act === "touch" ? { do: act, expected, ...times() } : { do: act };
  };

  return async () => {
    const index = random.below(slots.length);
    const slot = slots[index] as Slot;
    const input = choose(slot);
    // Seldom a record that is gone, to see that it stays so.
    const isPast = slot.isToBe === "used" && slot.generation > 0 && random.chance(0.08);
    const generation = slot.generation - (isPast ? 1 : 0);
    const output = await perform(options, `${index}.${generation}`, input);
    if (!isPast) slots[index] = learn(slot, input, output);
    if (output === undefined) await comeBackLater(random);
  };
}

const stampOf = ({ version, commitId }: RecordStamp): RecordStamp => ({ version, commitId });

/** What a client knows after an operation; an output that it never had is `undefined`. */
function learn(slot: Slot, input: RecordInput, output: RecordOutput | undefined): Slot {
  const next: Slot = { generation: slot.generation + 1, stamp: undefined, isToBe: "looked at" };
  switch (input.do) {
    case "read":
      if (output === undefined) return slot;
      if (typeof output === "object") return { ...slot, stamp: stampOf(output), isToBe: "used" };
      return slot.stamp === undefined ? { ...slot, isToBe: "created" } : next;
    case "create":
      return output === true
        ? { ...slot, stamp: stampOf(input.content), isToBe: "used" }
        : { ...slot, isToBe: "looked at" };
    case "replace":
      return output === true ? { ...slot, stamp: stampOf(input.content) } : { ...slot, isToBe: "looked at" };
    case "touch":
      return output === true ? slot : { ...slot, isToBe: "looked at" };
    case "delete":
      return next;
  }
}

/** One operation, recorded. `undefined`: it failed, or nobody knows. */
export async function perform(
  { name, store, namespace, now, patience, recorder }: Omit<RecordClientOptions, "random" | "slots">,
  id: string,
  input: RecordInput,
): Promise<RecordOutput | undefined> {
  const ongoing = recorder.begin(id, name, input);
  try {
    const output = await withPatience(patience, (call) => ask(store, { namespace, id }, input, now, call));
    ongoing.answered(output);
    return output;
  } catch (error) {
    if (isCertain(error) || input.do === "read") ongoing.failed(String(error));
    return undefined;
  }
}

async function ask(
  store: SessionStore,
  key: { readonly namespace: string; readonly id: string },
  input: RecordInput,
  now: number,
  call: StoreCall,
): Promise<RecordOutput> {
  switch (input.do) {
    case "read": {
      const record = await store.read(key, now, call);
      return record ? inOrder(record) : "absent";
    }
    case "create":
      return store.create({ ...key, ...input.content }, now, call);
    case "replace":
      return store.replace({ ...key, ...input.content }, input.expected, now, call);
    case "touch":
      return store.touch(key, input.expected, input.lastSeenAt, input.expiresAt, now, call);
    case "delete":
      return store.delete(key, call);
  }
}

import type { Codec } from "../../types/options.ts";
import { decodeValue, encodeValue } from "../record/codec.ts";
import { dataName, type Entries, flashName, isData, noEntries, wordOf } from "../record/entries.ts";
import type { EntryChange } from "../state/change.ts";

/** A value as this request sees it. `text` is its encoding when it was read, written or last handed to a commit. */
interface Slot {
  value: unknown;
  text: string | undefined;
  dirty: boolean;
}

/** Changes on their way to the store. */
export interface DraftChanges {
  readonly clear: boolean;
  readonly entries: Map<string, EntryChange>;
  /** Returns the changes to the draft, because the commit failed. */
  undo(): void;
}

/** What one request reads and changes of a session's data, by key. Only values that were handed out cost anything. */
export class Draft {
  #base: Entries;
  #codec: Codec;
  #slots = new Map<string, Slot>();
  #flashes: Map<string, string[]> | undefined;
  #cleared: "no" | "pending" | "sending" = "no";

  constructor(codec: Codec, base: Entries) {
    this.#codec = codec;
    this.#base = base;
  }

  get(key: string): unknown {
    const slot = this.#slot(dataName(key));
    return slot?.value;
  }

  has(key: string): boolean {
    const name = dataName(key);
    const slot = this.#slots.get(name);
    return slot ? slot.text !== undefined : this.#visible().has(name);
  }

  set(key: string, value: unknown): void {
    this.#slots.set(dataName(key), { value, text: encodeValue(this.#codec, key, value), dirty: true });
  }

  delete(key: string): boolean {
    const existed = this.has(key);
    if (existed) this.#slots.set(dataName(key), { value: undefined, text: undefined, dirty: true });
    return existed;
  }

  clear(): void {
    this.#slots.clear();
    this.#cleared = "pending";
  }

  keys(): string[] {
    const names = new Set([...this.#visible().keys()].filter(isData));
    for (const [name, slot] of this.#slots) {
      if (slot.text === undefined) names.delete(name);
      else names.add(name);
    }
    return [...names].map(wordOf);
  }

  flash(message: unknown, channel: string): void {
    const text = encodeValue(this.#codec, `flash ${channel}`, message);
    this.#flashes ??= new Map();
    this.#flashes.set(channel, [...(this.#flashes.get(channel) ?? []), text]);
  }

  /** @throws SessionError UNREADABLE_VALUE */
  decode(key: string, text: string): unknown {
    return decodeValue(this.#codec, key, text);
  }

  hasStored(name: string): boolean {
    return this.#base.has(name);
  }

  /** True when `collect()` would find something that the store does not have yet. */
  isChanged(): boolean {
    if (this.#cleared !== "no" || this.#flashes) return true;
    for (const [name, slot] of this.#slots) {
      if (this.#encoded(name, slot) !== (slot.dirty ? this.#base.get(name) : slot.text)) return true;
    }
    return false;
  }

  /** Hands over the changes made so far. They stay visible here, and count as made once the commit succeeds. */
  collect(): DraftChanges {
    const clear = this.#cleared === "pending";
    if (clear) this.#cleared = "sending";
    const sent: Slot[] = [];
    const entries = new Map<string, EntryChange>();
    for (const [name, slot] of this.#slots) this.#collectSlot(name, slot, entries, sent);
    const flashes = this.#flashes;
    this.#flashes = undefined;
    for (const [channel, texts] of flashes ?? []) entries.set(flashName(channel), (now) => append(now, texts));
    const undo = () => {
      if (clear && this.#cleared === "sending") this.#cleared = "pending";
      for (const slot of sent) slot.dirty = true;
      for (const [channel, since] of this.#flashes ?? []) {
        flashes?.set(channel, [...(flashes.get(channel) ?? []), ...since]);
      }
      this.#flashes = flashes ?? this.#flashes;
    };
    return { clear, entries, undo };
  }

  /** Hands over the change of one key only. */
  collectKey(key: string): DraftChanges {
    const name = dataName(key);
    const sent: Slot[] = [];
    const entries = new Map<string, EntryChange>();
    const slot = this.#slots.get(name);
    if (slot) this.#collectSlot(name, slot, entries, sent);
    else if (this.#cleared === "pending") entries.set(name, () => undefined);
    const undo = () => {
      for (const one of sent) one.dirty = true;
    };
    return { clear: false, entries, undo };
  }

  /** Continues on what the store holds after a commit; `forget` names a value that the commit computed. */
  rebase(base: Entries, forget?: string): void {
    this.#base = base;
    if (this.#cleared === "sending") this.#cleared = "no";
    if (forget !== undefined) this.#slots.delete(forget);
    for (const [name, slot] of this.#slots) {
      if (!slot.dirty && slot.text !== base.get(name) && !this.#isMutated(name, slot)) this.#slots.delete(name);
    }
  }

  /** Forgets everything: another user, or a session that has ended. */
  reset(): void {
    this.#base = noEntries;
    this.#slots.clear();
    this.#flashes = undefined;
    this.#cleared = "no";
  }

  #visible(): Entries {
    return this.#cleared === "no" ? this.#base : noEntries;
  }

  #slot(name: string): Slot | undefined {
    const known = this.#slots.get(name);
    if (known) return known;
    const text = this.#visible().get(name);
    if (text === undefined) return undefined;
    const slot = { value: this.decode(wordOf(name), text), text, dirty: false };
    this.#slots.set(name, slot);
    return slot;
  }

  #isMutated(name: string, slot: Slot): boolean {
    return this.#encoded(name, slot) !== slot.text;
  }

  #encoded(name: string, slot: Slot): string | undefined {
    const inPlace = typeof slot.value === "object" && slot.value !== null;
    return inPlace ? encodeValue(this.#codec, wordOf(name), slot.value) : slot.text;
  }

  #collectSlot(name: string, slot: Slot, entries: Map<string, EntryChange>, sent: Slot[]): void {
    const text = this.#encoded(name, slot);
    if (!slot.dirty && text === slot.text) return;
    slot.text = text;
    slot.dirty = false;
    sent.push(slot);
    entries.set(name, () => text);
  }
}

/** A channel's entry: the encoded messages in order. */
export const parseChannel = (text: string | undefined): string[] => (text === undefined ? [] : JSON.parse(text));

const append = (now: string | undefined, texts: readonly string[]): string =>
  JSON.stringify([...parseChannel(now), ...texts]);

import { rm } from "node:fs/promises";
import { disk, type Files } from "../../../../src/stores/file/filesystem.ts";
import type { StoredRecord } from "../../../../src/types/store.ts";
import { nameOf } from "../plain.ts";
import { type Act, asPlain, type Event, isExplained } from "./orders.ts";
import { Actor, storeOver } from "./stage.ts";

/** Who does what, one thing after the other. */
export interface Scene {
  readonly records: readonly StoredRecord[];
  readonly parts: readonly (readonly Act[])[];
  /** What is asked when all is over. */
  readonly epilogue: readonly Act[];
}

/** Whose turn it is, step by step. Which parts had not come to their end when it stopped them. A part that it leaves so was killed. */
export type Direction = (actors: readonly Actor[]) => Promise<readonly boolean[]>;

export interface Performance {
  readonly events: readonly Event[];
  readonly isExplained: boolean;
  readonly unfinished: readonly boolean[];
}

export interface Circumstances {
  readonly path: string;
  /** Puts a fault between the store and its file system. */
  readonly fault?: ((files: Files) => Files) | undefined;
  /** Called before all is removed. */
  readonly inspect?: (() => Promise<void>) | undefined;
}

export async function perform(
  { records, parts, epilogue }: Scene,
  direct: Direction,
  { path, fault = (files) => files, inspect }: Circumstances,
): Promise<Performance> {
  const { store: before } = storeOver(disk, path);
  for (const record of records) await before.create(record, record.createdAt);

  let time = 0;
  const events: Event[] = [];
  const actors = parts.map((acts) => {
    return new Actor(async (files) => {
      const { store } = storeOver(fault(files), path);
      for (const act of acts) {
        const invoked = ++time;
        const at = events.push({ act, invoked }) - 1;
        const value = await act.run(asPlain(store));
        events[at] = { act, invoked, answer: { at: ++time, value } };
      }
    });
  });
  const unfinished = await direct(actors);

  const after = asPlain(storeOver(disk, path).store);
  for (const act of epilogue) {
    const invoked = ++time;
    const value = await act.run(after);
    events.push({ act, invoked, answer: { at: ++time, value } });
  }
  await inspect?.();
  await rm(path, { recursive: true });
  return {
    events,
    isExplained: await isExplained(new Map(records.map((record) => [nameOf(record), record])), events),
    unfinished,
  };
}

export function describePerformance({ events }: Performance): string {
  const lines = events.map(({ act, invoked, answer }) => {
    const told = answer ? `at ${answer.at}: ${JSON.stringify(answer.value)}` : "was killed";
    return `${invoked} ${act.title} ${told}`;
  });
  return `No order explains this:\n${lines.join("\n")}`;
}

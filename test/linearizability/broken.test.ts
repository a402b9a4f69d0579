import type { SessionStore } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { sqliteStore } from "coatcheck/stores/sqlite";
import { describe, expect, test } from "vitest";
import { check } from "./checker/checker.ts";
import { brokenStores } from "./models/broken.ts";
import { recordModel } from "./models/record-model.ts";
import { sessionModel } from "./models/session-model.ts";
import type { Model, Operation } from "./workload/history.ts";
import { recordsOf, sessionsOf } from "./workload/in-process.ts";

type Histories<Input, Output> = ReadonlyMap<string, readonly Operation<Input, Output>[]>;

const isRight = <State, Input, Output>(
  model: Model<State, Input, Output>,
  histories: Histories<Input, Output>,
): boolean => [...histories.values()].every((history) => check(model, history).linearizable);

const levels = {
  records: async (store: SessionStore, seed: number) => isRight(recordModel, await recordsOf(store, seed)),
  sessions: async (store: SessionStore, seed: number) => isRight(sessionModel, await sessionsOf(store, seed)),
};
const stores: Record<string, () => SessionStore> = {
  memory: () => memoryStore(),
  SQLite: () => sqliteStore({ path: ":memory:" }),
};
const seeds = Array.from({ length: 12 }, (_, n) => n + 1);

describe.each(Object.entries(stores))("B49: of histories over the %s store", (_, make) => {
  test.each(Object.entries(levels))("all are accepted: %s", async (_, run) => {
    for (const seed of seeds) expect([seed, await run(make(), seed)]).toEqual([seed, true]);
  });

  describe("some are rejected where", () => {
    const faults = brokenStores.flatMap(({ fault, inSessions, of }) => [
      { fault, level: "records" as const, of },
      ...(inSessions ? [{ fault, level: "sessions" as const, of }] : []),
    ]);
    test.each(faults)("$fault: $level", async ({ level, of }) => {
      for (const seed of seeds) {
        const store = make();
        if (!(await levels[level]({ ...store, ...of(store) }, seed))) return;
      }
      expect.fail(`none of ${seeds.length} histories was rejected`);
    });
  });
});

import { randomBytes } from "node:crypto";
import type { SessionStore } from "coatcheck";
import { redisStore } from "coatcheck/stores/redis";
import { createClient } from "redis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stamp } from "../../src/testing/store/rule.ts";
import { service } from "../support/service.ts";
import { describeStore, storeUnderTest } from "../support/stores/stores.ts";
import { check } from "./checker/checker.ts";
import { type Content, type RecordInput, type RecordOutput, recordModel } from "./models/record-model.ts";
import { getAndSetStore } from "./workload/get-and-set.ts";
import { perform } from "./workload/record-client.ts";
import { historiesOf, type Line, Recorder } from "./workload/recorder.ts";

const redisUrl = await service("redis");

const now = Date.now();
const content = (version: number, body: string): Content => ({
  ...stamp(version),
  body,
  createdAt: now,
  lastSeenAt: now,
  expiresAt: now + 3_600_000,
});

type Ask = (input: RecordInput) => Promise<RecordOutput | undefined>;
/** What Ann does, and what Bob does while a store of the naive kind has looked and not written yet. */
interface Script {
  readonly ann: (ask: Ask) => Promise<unknown>;
  readonly bob: (ask: Ask) => Promise<unknown>;
}

const scripts: Record<string, Script> = {
  "two replaces of one version": {
    ann: async (ask) => {
      await ask({ do: "create", content: content(1, "first") });
      await ask({ do: "replace", expected: stamp(1), content: content(2, "Ann's") });
    },
    bob: (ask) => ask({ do: "replace", expected: stamp(1), content: content(2, "Bob's") }),
  },
  "a delete during a touch": {
    ann: async (ask) => {
      await ask({ do: "create", content: content(1, "first") });
      await ask({ do: "touch", expected: stamp(1), lastSeenAt: now + 1, expiresAt: now + 7_200_000 });
      await ask({ do: "read" });
    },
    bob: (ask) => ask({ do: "delete" }),
  },
};

describeStore("B49: a history over Redis", await storeUnderTest("Redis"), () => {
  const url = redisUrl;
  const client = createClient(url === undefined ? {} : { url }).on("error", () => undefined);
  beforeAll(() => client.connect());
  afterAll(() => client.close());

  async function isRight(script: Script, makeStore: (prefix: string, between: () => Promise<void>) => SessionStore) {
    const prefix = `linear_${randomBytes(6).toString("hex")}:`;
    const lines: Line<RecordInput, RecordOutput>[] = [];
    const recorder = new Recorder<RecordInput, RecordOutput>(
      () => performance.now(),
      (line) => lines.push(line),
    );
    let hasBobBeen = false;
    const between = async () => {
      if (hasBobBeen) return;
      hasBobBeen = true;
      await script.bob(asking("Bob"));
    };
    const store = makeStore(prefix, between);
    const asking =
      (name: string): Ask =>
      (input) =>
        perform({ name, store, namespace: "linear", now, patience: 60_000, recorder }, "record", input);
    await script.ann(asking("Ann"));
    await between();
    await store.delete({ namespace: "linear", id: "record" });
    const history = historiesOf([lines]).get("record") ?? [];
    return check(recordModel, history).linearizable;
  }

  test.each(Object.entries(scripts))(
    "B49: a history over Redis is rejected where the store gets, looks and sets: %s",
    async (_, script) => {
      expect(await isRight(script, (prefix, between) => getAndSetStore(client, prefix, between))).toBe(false);
    },
  );

  test.each(Object.entries(scripts))(
    "B49: a history over Redis is accepted where it is redisStore: %s",
    async (_, script) => {
      expect(await isRight(script, (prefix) => redisStore({ client, prefix }))).toBe(true);
    },
  );
});

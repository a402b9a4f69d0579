import { createSessions, type OpenSession, type SessionStore } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { describe, expect, it } from "vitest";
import type { Entries } from "../../src/core/record/entries.ts";
import { checkSize } from "../../src/core/record/size.ts";
import { Random } from "../support/random.ts";

type Data = { list: number[]; big: string };

/** A store whose writes wait until they are let through, and which counts them. */
function slowStore() {
  const memory = memoryStore();
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const sizes: number[] = [];
  const store: SessionStore = {
    ...memory,
    replace: async (record, ...rest) => {
      await gate;
      sizes.push(record.body.length);
      return memory.replace(record, ...rest);
    },
  };
  return { store, open: () => open(), sizes };
}

async function crowd(store: SessionStore, parse: (data: Data) => Data) {
  const schema = {
    "~standard": {
      version: 1 as const,
      vendor: "test",
      validate: (value: unknown) => ({ value: parse(value as Data) }),
    },
  };
  const sessions = createSessions<Data>({
    store,
    schema,
    observer: () => undefined,
    commitTimeout: "60s",
    storeTimeout: "60s",
  });
  const { cookie } = await sessions.issue({ data: { list: [], big: "" } });
  const open = () =>
    sessions.open(new Request("http://localhost/", { headers: { cookie } })) as Promise<OpenSession<Data>>;
  return { sessions, open };
}

describe("B113: many changes of one session at once", () => {
  it("B113: a thousand changes of one session are applied in rounds, and each once, if the schema is slow", async () => {
    const { store, open: letThrough, sizes } = slowStore();
    const slowly = (data: Data): Data => {
      const end = performance.now() + 2;
      while (performance.now() < end);
      return data;
    };
    const { open } = await crowd(store, slowly);
    const { session } = await open();
    const updates = Array.from({ length: 60 }, (_, n) => session.update("list", (list = []) => [...list, n]));
    letThrough();
    await Promise.all(updates);
    expect(session.get("list")).toEqual(Array.from({ length: 60 }, (_, n) => n));
    // The first goes alone; the others would have been one round.
    expect(sizes.length).toBeGreaterThan(4);
  });

  it("B113: further changes are refused when a thousand wait, and those that wait are stored", async () => {
    const { store, open: letThrough } = slowStore();
    const { open } = await crowd(store, (data) => data);
    const { session } = await open();
    const updates = Array.from({ length: 1_003 }, (_, n) => session.update("list", (list = []) => [...list, n]));
    const refused = await Promise.allSettled(updates.slice(1_001));
    expect(refused.map((one) => one.status === "rejected" && one.reason)).toMatchObject([
      { code: "SESSION_BUSY", status: 503 },
      { code: "SESSION_BUSY", status: 503 },
    ]);
    letThrough();
    await Promise.all(updates.slice(0, 1_001));
    expect(session.get("list")).toHaveLength(1_001);
  });
});

describe("the size of data", () => {
  it("the size of data is the same by its changes as measured again", () => {
    const random = new Random(7);
    const words = ["", "a", "ä", "€", "𝄞", "x".repeat(40)];
    const text = (): string =>
      Array.from({ length: random.below(9) }, () => words[random.below(words.length)]).join("");
    const sizeOf = (entries: Entries, before: Entries | undefined): string => {
      try {
        checkSize(entries, before, -1);
        return "it does not grow";
      } catch (error) {
        return (error as Error).message;
      }
    };
    let before: Entries = new Map();
    for (let round = 0; round < 500; round++) {
      const next = new Map(before);
      for (let change = random.below(3); change >= 0; change--) {
        const name = `.${words[random.below(words.length)]}`;
        if (random.below(3) === 0) next.delete(name);
        else next.set(name, text());
      }
      expect(sizeOf(next, before)).toBe(sizeOf(new Map(next), new Map(before)));
      before = next;
    }
  });
});

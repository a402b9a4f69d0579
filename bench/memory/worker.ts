// Fills one store, in a process of its own that was started with --expose-gc.
import { createSessions } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import expressSession, { Cookie } from "express-session";
import { answerQuestions } from "../child.ts";
import { sessionData } from "../data.ts";
import type { HeapQuestion } from "../measure/heap.ts";

type Fill = (sessions: number) => Promise<unknown>;

/** Each gives back what must stay in memory while it is weighed. */
const fills: Readonly<Record<HeapQuestion["store"], Fill>> = {
  async coatcheck(count) {
    // One more: the library keeps a note of its own in the store.
    const sessions = createSessions({ store: memoryStore({ maxSessions: count + 1 }) });
    for (let visitor = 0; visitor < count; visitor++)
      await sessions.issue({ data: { ...sessionData("500 B", visitor) } });
    if ((await sessions.count()) !== count) throw new Error("coatcheck did not keep all sessions.");
    return sessions;
  },

  async "express-session"(count) {
    const store = new expressSession.MemoryStore();
    for (let visitor = 0; visitor < count; visitor++) {
      const data = { cookie: new Cookie(), ...sessionData("500 B", visitor) };
      const id = `${String(visitor).padStart(8, "0")}abcdefghijklmnopqrstuvwx`;
      await new Promise<void>((resolve, reject) => {
        store.set(id, data as never, (error?: unknown) => (error ? reject(error as Error) : resolve()));
      });
    }
    return store;
  },
};

const kept: unknown[] = [];

/** Of what the garbage collector leaves: bytes in the heap and in buffers outside it. */
function usedBytes(): number {
  for (let i = 0; i < 4; i++) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

answerQuestions(async ({ store, sessions }: HeapQuestion) => {
  kept.push(await fills[store](1000));
  const before = usedBytes();
  kept.push(await fills[store](sessions));
  return (usedBytes() - before) / sessions;
});

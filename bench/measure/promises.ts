import { createHook } from "node:async_hooks";
import { createSessions, type Session, type SessionStore } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";

/** One row: what one request does, and how many promises that makes. */
export interface PromiseCount {
  readonly store: string;
  readonly work: string;
  /** Promises for each request, with those by which it is awaited; none are the bench's own. */
  readonly promises: number;
  /** Microseconds of CPU for each request. */
  readonly cpu: number;
}

type Work = (session: Session<{ n: number }>) => unknown;

const works: Readonly<Record<string, { readonly known: boolean; readonly work: Work }>> = {
  "open, known token": { known: true, work: () => undefined },
  read: { known: true, work: (session) => session.get("n") },
  "write one key": { known: true, work: (session) => session.set("n", (session.get("n") ?? 0) + 1) },
  create: { known: false, work: (session) => session.set("n", 1) },
  "update()": { known: true, work: (session) => session.update("n", (n) => (n ?? 0) + 1) },
};

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof (value as { then?: unknown } | undefined)?.then === "function";

/** The same store with promises as its answers. */
function answeringLater(store: SessionStore): SessionStore {
  return {
    ...store,
    read: async (...call) => store.read(...call),
    create: async (...call) => store.create(...call),
    replace: async (...call) => store.replace(...call),
    touch: async (...call) => store.touch(...call),
  };
}

/** Counts the promises of each kind of request, on a store that answers at once and on one that answers later. */
export async function countPromises(rounds: number): Promise<PromiseCount[]> {
  const counts: PromiseCount[] = [];
  const stores = { "memory, at once": memoryStore, "memory, later": () => answeringLater(memoryStore()) };
  for (const [store, make] of Object.entries(stores)) {
    for (const [work, { known, work: run }] of Object.entries(works)) {
      const sessions = createSessions<{ n: number }>({ store: make(), observer: () => undefined });
      const { cookie } = await sessions.issue({ data: { n: 0 }, secure: true });
      const headers: Record<string, string> = known ? { cookie: cookie.split(";")[0] ?? "" } : {};
      const request = new Request("https://shop.example/", { headers });
      const visit = async (times: number): Promise<void> => {
        for (let n = 0; n < times; n++) {
          const opening = sessions.open(request, { carriers: [{}] });
          const { session, commit } = isPromise(opening) ? await opening : opening;
          const working = run(session);
          if (isPromise(working)) await working;
          const committing = commit({ status: 200 });
          if (isPromise(committing)) await committing;
        }
      };
      await visit(rounds);
      counts.push({ store, work, promises: await counted(rounds, visit), cpu: await timed(rounds, visit) });
      await sessions.close();
    }
  }
  return counts;
}

async function counted(rounds: number, visit: (times: number) => Promise<void>): Promise<number> {
  let made = 0;
  const hook = createHook({
    init: (_id, type) => {
      if (type === "PROMISE") made++;
    },
  }).enable();
  await visit(rounds);
  hook.disable();
  // Two more: that of `visit`, and the one by which it is awaited.
  return (made - 2) / rounds;
}

async function timed(rounds: number, visit: (times: number) => Promise<void>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < 5; turn++) {
    const start = process.cpuUsage();
    await visit(rounds);
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / rounds);
  }
  return best;
}

/** The counts as a table in Markdown. */
export function promiseTable(counts: readonly PromiseCount[]): string {
  const rows = counts.map(
    ({ store, work, promises, cpu }) => `| ${store} | ${work} | ${promises.toFixed(1)} | ${cpu.toFixed(1)} |`,
  );
  return ["| store | request | promises | µs of CPU |", "| --- | --- | ---: | ---: |", ...rows].join("\n");
}

import { type FaultProxy, startProxy } from "../../support/proxy/proxy.ts";
import type { Random } from "../../support/random.ts";
import type { Detours } from "../../support/workers/linear-store.ts";

/** Proxies before a server that get better and worse all the time. */
export interface Weather extends AsyncDisposable {
  readonly url: string;
  readonly detours: Detours | undefined;
  /** How many connections were reset. */
  readonly resets: number;
}

const milliseconds = 50;

/** Stands in the way of everybody who uses the server: delays, and resets before and after the server has the request. */
export async function bad(url: string, random: Random): Promise<Weather> {
  const nodes = /^redis\+cluster:\/\/([^/?]*)/.exec(url)?.[1]?.split(",");
  const proxies = await Promise.all(
    nodes ? nodes.map((node) => startProxy(`tcp://${node}`, seeded(random))) : [startProxy(url, seeded(random))],
  );
  const timer = setInterval(() => {
    for (const proxy of proxies) change(proxy, random);
  }, milliseconds);
  return {
    url: nodes ? url : (proxies[0] as FaultProxy).url,
    detours: nodes && Object.fromEntries(nodes.map((node, n) => [node, (proxies[n] as FaultProxy).port])),
    get resets() {
      return proxies.reduce((sum, { struck }) => sum + struck.before + struck.after, 0);
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await Promise.all(proxies.map((proxy) => proxy.close()));
    },
  };
}

const seeded = (random: Random): { seed: number } => ({ seed: random.below(2 ** 31) });

type Mood = (proxy: FaultProxy, random: Random) => void;

const moods = {
  calm: (proxy) => proxy.clear(),
  slow: (proxy, random) => proxy.set({ kind: "delay", ms: 1 + random.below(30) }, { probability: 0.2 }),
  before: (proxy) => proxy.set({ kind: "before" }, { probability: 0.02 }),
  after: (proxy) => proxy.set({ kind: "after" }, { probability: 0.02 }),
  cut: (proxy) => proxy.cut(),
} satisfies Record<string, Mood>;

function change(proxy: FaultProxy, random: Random): void {
  const mood: Mood = moods[random.weighted({ calm: 2, slow: 4, before: 2, after: 4, cut: 1 })];
  mood(proxy, random);
}

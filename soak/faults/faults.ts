import { setTimeout as sleep } from "node:timers/promises";
import type { FaultProxy } from "../../test/support/proxy/proxy.ts";
import type { Random } from "../../test/support/random.ts";
import type { OwnServer } from "../../test/support/servers/own-server.ts";
import { sendRedis } from "../../test/support/servers/redis-command.ts";
import { retry } from "../retry.ts";
import type { ProcessPool } from "../workload/worker-processes.ts";

/** Something that goes wrong for a while; all is well again when it resolves. */
export interface Fault {
  readonly name: string;
  /** How often it is chosen, beside the others. */
  readonly weight: number;
  strike(random: Random): Promise<void>;
}

const between = (random: Random, least: number, most: number): number => least + random.below(most - least);

/** Between the workers and a server. */
export function networkFaults(proxy: FaultProxy): Fault[] {
  const whileSet = async (fault: Parameters<FaultProxy["set"]>[0], probability: number, ms: number): Promise<void> => {
    proxy.set(fault, { probability });
    await sleep(ms);
    proxy.clear();
  };
  return [
    {
      name: "delay",
      weight: 3,
      strike: (random) => whileSet({ kind: "delay", ms: between(random, 1, 400) }, 0.2, between(random, 500, 2_000)),
    },
    {
      name: "reset before",
      weight: 3,
      strike: (random) => whileSet({ kind: "before" }, 0.05, between(random, 500, 2_000)),
    },
    {
      name: "reset after",
      weight: 5,
      strike: (random) => whileSet({ kind: "after" }, 0.05, between(random, 500, 2_000)),
    },
    {
      name: "black hole",
      weight: 1,
      async strike(random) {
        await whileSet({ kind: "drop" }, 0.05, between(random, 200, 1_500));
        proxy.cut();
      },
    },
    { name: "cut", weight: 2, strike: async () => proxy.cut() },
    {
      name: "no connection",
      weight: 1,
      async strike(random) {
        proxy.refuse();
        proxy.cut();
        await sleep(between(random, 200, 1_500));
        await proxy.accept();
      },
    },
  ];
}

/** To a server, or to one of a cluster's. */
export function serverFaults(servers: readonly OwnServer[]): Fault[] {
  const any = (random: Random): OwnServer => servers[random.below(servers.length)]!;
  return [
    {
      name: "server frozen",
      weight: 2,
      async strike(random) {
        const server = any(random);
        await server.freeze();
        await sleep(between(random, 100, 1_800));
        await server.thaw();
      },
    },
    {
      name: "server killed",
      weight: 2,
      async strike(random) {
        const server = any(random);
        await server.kill("SIGKILL");
        await sleep(between(random, 0, 1_000));
        await server.restart();
      },
    },
  ];
}

export function scriptFaults(servers: readonly OwnServer[]): Fault[] {
  const flush = ({ port }: OwnServer) => retry(() => sendRedis(`redis://127.0.0.1:${port}`, "SCRIPT", "FLUSH"));
  return [{ name: "scripts flushed", weight: 2, strike: async () => void (await Promise.all(servers.map(flush))) }];
}

export function processFaults(pool: ProcessPool): Fault[] {
  return [
    {
      name: "worker stopped",
      weight: 2,
      async strike(random) {
        const index = random.below(pool.size);
        pool.signal(index, "SIGSTOP");
        await sleep(between(random, 100, 4_000));
        pool.signal(index, "SIGCONT");
      },
    },
    {
      name: "worker killed",
      weight: 2,
      // The first lives on.
      strike: (random) => pool.kill(between(random, 1, pool.size)),
    },
  ];
}

export interface FaultInjector {
  /** How often each fault has struck. */
  readonly struck: Readonly<Record<string, number>>;
  /** Resolves when all is well. */
  end(): Promise<void>;
}

/** One fault after the other, at random. */
export function injectFaults(
  faults: readonly Fault[],
  random: Random,
  onProblem: (problem: string) => void,
): FaultInjector {
  const struck: Record<string, number> = {};
  const over = new AbortController();
  const weights = Object.fromEntries(faults.map(({ name, weight }) => [name, weight]));

  const rest = (): Promise<void> =>
    sleep(between(random, 300, 2_000), undefined, { signal: over.signal }).catch(() => undefined);
  const run = async (): Promise<void> => {
    await rest();
    while (!over.signal.aborted) {
      const chosen = faults.length === 0 ? undefined : random.weighted(weights);
      const fault = faults.find(({ name }) => name === chosen);
      if (fault === undefined) return;
      struck[fault.name] = (struck[fault.name] ?? 0) + 1;
      await fault.strike(random).catch((error) => onProblem(`the fault "${fault.name}" failed: ${error}`));
      await rest();
    }
  };
  const running = run();
  return {
    struck,
    async end() {
      over.abort();
      await running;
    },
  };
}

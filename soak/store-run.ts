import { openStore } from "coatcheck/stores/open";
import { Random } from "../test/support/random.ts";
import { withFlaw } from "./faults/broken-stores.ts";
import { type FaultInjector, injectFaults, processFaults } from "./faults/faults.ts";
import { audit } from "./oracle/checks.ts";
import { inspect } from "./oracle/final-check.ts";
import { History } from "./oracle/history.ts";
import { now } from "./protocol.ts";
import { retry } from "./retry.ts";
import type { Target } from "./targets.ts";
import { detailsOf } from "./workload/recorder.ts";
import { startLocalWorker, startWorkerProcesses, type WorkerPool } from "./workload/worker-processes.ts";

export interface StoreRunOptions {
  readonly name: string;
  readonly target: Target;
  readonly seed: number;
  readonly workers: number;
  readonly rest: number;
  readonly flaw: string | undefined;
}

/** One store under load, with faults. */
export interface StoreRun {
  readonly name: string;
  readonly history: History;
  readonly pool: WorkerPool;
  readonly injector: FaultInjector;
  /** Sessions that are left, once it has ended. */
  left: number;
  /** Ends the load and the faults, and checks what is stored. */
  end(): Promise<void>;
}

/** Lines of other processes that are older than this have arrived. */
const latency = 5_000;
const auditInterval = 5_000;
/** More than this much growth of one worker is a leak. */
const mostGrowth = 300 * 2 ** 20;

export async function startStoreRun({ name, target, seed, workers, rest, flaw }: StoreRunOptions): Promise<StoreRun> {
  const history = new History();
  const store = withFlaw(await openStore(target.directUrl), flaw);
  // Tables and indexes are made once, so that the faults meet the sessions.
  await retry(async () => store.setup?.());
  const plan = { url: target.url, seed, workers, rest, flaw };
  const processes = target.isShared ? startWorkerProcesses(plan, history) : undefined;
  const pool = processes ?? startLocalWorker(plan, store, history);
  await pool.ready();
  const faults = [...target.faults, ...(processes ? processFaults(processes) : [])];
  const injector = injectFaults(faults, new Random(seed), (problem) => history.violation(problem));
  const auditing = setInterval(() => audit(history, now() - latency), auditInterval);

  const run: StoreRun = {
    name,
    history,
    pool,
    injector,
    left: 0,
    async end() {
      clearInterval(auditing);
      await injector.end();
      await pool.stop();
      const { start, last } = pool.memory;
      // Without worker processes it is the memory of this process, which holds the history of all stores.
      if (processes && last - start > mostGrowth) history.violation(`a worker grew from ${start} to ${last} bytes`);
      try {
        run.left = await inspect(store, history);
      } catch (error) {
        history.violation(`what is stored could not be looked at: ${detailsOf(error)}`);
      } finally {
        await store.close?.();
      }
    },
  };
  return run;
}

import { openStore } from "coatcheck/stores/open";
import { Random } from "../test/linearizability/workload/random.ts";
import { withFlaw } from "./faults/broken-stores.ts";
import { makeTrouble, processFaults, type Trouble } from "./faults/faults.ts";
import { audit } from "./oracle/checks.ts";
import { inspect } from "./oracle/final-check.ts";
import { Books } from "./oracle/history.ts";
import { now } from "./protocol.ts";
import { again } from "./retry.ts";
import type { Place } from "./targets.ts";
import { detailsOf } from "./workload/recorder.ts";
import { type Crew, hireHere, hireProcesses } from "./workload/worker-processes.ts";

export interface TrialOptions {
  readonly name: string;
  readonly place: Place;
  readonly seed: number;
  readonly workers: number;
  readonly rest: number;
  readonly flaw: string | undefined;
}

/** One store under load and in trouble. */
export interface Trial {
  readonly name: string;
  readonly books: Books;
  readonly crew: Crew;
  readonly trouble: Trouble;
  /** Sessions that are left, once it has ended. */
  left: number;
  /** Ends the load and the trouble, and looks at what is stored. */
  end(): Promise<void>;
}

/** Lines of other processes that are older than this have arrived. */
const latency = 5_000;
const auditInterval = 5_000;
/** More than this much growth of one worker is a leak. */
const mostGrowth = 300 * 2 ** 20;

export async function beginTrial({ name, place, seed, workers, rest, flaw }: TrialOptions): Promise<Trial> {
  const books = new Books();
  const store = withFlaw(await openStore(place.directUrl), flaw);
  // Tables and indexes are made once, so that trouble meets the sessions.
  await again(async () => store.setup?.());
  const plan = { url: place.url, seed, workers, rest, flaw };
  const processes = place.isShared ? hireProcesses(plan, books) : undefined;
  const crew = processes ?? hireHere(plan, store, books);
  await crew.ready();
  const faults = [...place.faults, ...(processes ? processFaults(processes) : [])];
  const trouble = makeTrouble(faults, new Random(seed), (problem) => books.violation(problem));
  const auditing = setInterval(() => audit(books, now() - latency), auditInterval);

  const trial: Trial = {
    name,
    books,
    crew,
    trouble,
    left: 0,
    async end() {
      clearInterval(auditing);
      await trouble.end();
      await crew.stop();
      const { start, last } = crew.memory;
      // Without processes it is this one's memory, which holds the books of all stores.
      if (processes && last - start > mostGrowth) books.violation(`a worker grew from ${start} to ${last} bytes`);
      try {
        trial.left = await inspect(store, books);
      } catch (error) {
        books.violation(`what is stored could not be looked at: ${detailsOf(error)}`);
      } finally {
        await store.close?.();
      }
    },
  };
  return trial;
}

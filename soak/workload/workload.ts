import { setTimeout as sleep } from "node:timers/promises";
import { createSessions, generateKey, type SessionStore, type Sessions } from "coatcheck";
import { Random } from "../../test/linearizability/workload/random.ts";
import type { Passed, Told, WorkerPlan } from "../protocol.ts";
import { administrate, administratorActs, mostPerUser } from "./admin-operations.ts";
import type { Client, Shift } from "./client.ts";
import { detailsOf, Teller } from "./recorder.ts";
import { Seats } from "./session-slots.ts";
import type { Data } from "./user-data.ts";
import { haunt, stayBriefly, visitorActs, visitSeat } from "./user-operations.ts";

const clientsPerWorker = 6;
const acts = { ...visitorActs, ...administratorActs, fleeting: 0.7, haunt: 4 };

export interface Labour {
  passed(passed: Passed): void;
  /** Resolves when all that had begun is over. Leaves the store open. */
  stop(): Promise<void>;
}

/** All that one process does on a store, at random, until it is stopped. */
export function beginLabour(plan: WorkerPlan, store: SessionStore, tell: (told: Told) => void): Labour {
  const { worker, workers, generation, seed, rest } = plan;
  const seats = new Seats((seat) => seat % workers === worker);
  const sessions = openSessions(store, (minted) => tell({ minted }));
  const limited = openLimited(store);
  const names = Array.from({ length: workers * clientsPerWorker }, (_, n) => `client ${n}`);
  const shift: Shift = { sessions, limited, seats, teller: new Teller(tell), names };
  let isOver = false;

  const work = async (own: number): Promise<void> => {
    const name = names[worker * clientsPerWorker + own] ?? "";
    const random = new Random(seed + generation * 10_007 + worker * 101 + own);
    let values = 0;
    const client: Client = { ...shift, name, random, value: () => `${name}.${generation}.${values++}` };
    while (!isOver) {
      await step(client).catch((error: unknown) => tell({ problem: `A client broke down: ${detailsOf(error)}` }));
      await sleep(random.below(rest));
    }
  };
  const clients = Array.from({ length: clientsPerWorker }, (_, own) => work(own));
  return {
    passed: ({ seat, token }) => seats.passed(seat, token),
    async stop() {
      isOver = true;
      await Promise.all(clients);
    },
  };
}

function step(client: Client): Promise<void> {
  const act = client.random.pick(acts);
  if (act === "fleeting") return stayBriefly(client);
  if (act === "haunt") return haunt(client);
  return act in visitorActs
    ? visitSeat(client, act as keyof typeof visitorActs)
    : administrate(client, act as keyof typeof administratorActs);
}

const limits = { storeTimeout: "1s", commitTimeout: "3s", pruneInterval: false } as const;

/** `minted` is told each id before it is used. */
export function openSessions(store: SessionStore, minted: (id: string) => void): Sessions<Data> {
  const generateId = (): string => {
    const id = generateKey();
    minted(id);
    return id;
  };
  return createSessions<Data>({ store, generateId, namespace: "soak", observer: () => undefined, ...limits });
}

export const openLimited = (store: SessionStore): Sessions<Data> =>
  createSessions<Data>({
    store,
    namespace: "limited",
    maxSessionsPerUser: mostPerUser,
    observer: () => undefined,
    ...limits,
  });

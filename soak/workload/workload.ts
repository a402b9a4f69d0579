import { setTimeout as sleep } from "node:timers/promises";
import { createSessions, generateKey, type SessionStore, type Sessions } from "coatcheck";
import { Random } from "../../test/support/random.ts";
import type { SharedToken, WorkerMessage, WorkerPlan } from "../protocol.ts";
import { administrate, administratorActions, mostPerUser } from "./admin-operations.ts";
import type { Client, WorkerContext } from "./client.ts";
import { detailsOf, Recorder } from "./recorder.ts";
import { SessionSlots } from "./session-slots.ts";
import type { Data } from "./user-data.ts";
import { createShortLived, replay, visitorActions, visitSlot } from "./user-operations.ts";

const clientsPerWorker = 6;
const actions = { ...visitorActions, ...administratorActions, shortLived: 0.7, replay: 4 };

export interface Workload {
  receiveToken(shared: SharedToken): void;
  /** Resolves when all that had begun is over. Leaves the store open. */
  stop(): Promise<void>;
}

/** All that one process does on a store, at random, until it is stopped. */
export function startWorkload(plan: WorkerPlan, store: SessionStore, send: (message: WorkerMessage) => void): Workload {
  const { worker, workers, generation, seed, rest } = plan;
  const slots = new SessionSlots((slot) => slot % workers === worker);
  const sessions = openSessions(store, (minted) => send({ minted }));
  const limited = openLimited(store);
  const names = Array.from({ length: workers * clientsPerWorker }, (_, n) => `client ${n}`);
  const context: WorkerContext = { sessions, limited, slots, recorder: new Recorder(send), names };
  let isOver = false;

  const work = async (own: number): Promise<void> => {
    const name = names[worker * clientsPerWorker + own] ?? "";
    const random = new Random(seed + generation * 10_007 + worker * 101 + own);
    let values = 0;
    const client: Client = { ...context, name, random, value: () => `${name}.${generation}.${values++}` };
    while (!isOver) {
      await step(client).catch((error: unknown) => send({ problem: `A client broke down: ${detailsOf(error)}` }));
      await sleep(random.below(rest));
    }
  };
  const clients = Array.from({ length: clientsPerWorker }, (_, own) => work(own));
  return {
    receiveToken: ({ slot, token }) => slots.receiveToken(slot, token),
    async stop() {
      isOver = true;
      await Promise.all(clients);
    },
  };
}

function step(client: Client): Promise<void> {
  const action = client.random.weighted(actions);
  if (action === "shortLived") return createShortLived(client);
  if (action === "replay") return replay(client);
  return action in visitorActions
    ? visitSlot(client, action as keyof typeof visitorActions)
    : administrate(client, action as keyof typeof administratorActions);
}

const limits = { storeTimeout: "1s", commitTimeout: "3s", pruneInterval: false } as const;

/** Calls `minted` with each id before it is used. */
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

import { type Fate, fates } from "../world/network.ts";
import { Random } from "../world/random.ts";
import type { Act, Operation, Plan, RequestStep, Setting, Step } from "./plan.ts";

const keys = ["a", "b", "c"] as const;
const second = 1_000;
const minute = 60 * second;

/** Draws a plan. Each seed prefers some operations and faults, so that rare ones meet as often as common ones. */
export function drawPlan(seed: number, size: number): Plan {
  const random = new Random(seed, "plan");
  const setting = drawSetting(random);
  const taste = drawTaste(random, setting, new Random(seed, "lifetimes"));
  const steps: Step[] = [];
  let at = 0;
  for (let id = 1; id <= size; id++) {
    at += drawPause(random, taste);
    steps.push({ ...drawStep(random, taste, setting), id, at } as Step);
  }
  return { seed, setting, steps };
}

function drawSetting(random: Random): Setting {
  return {
    processes: random.between(1, 3),
    clients: random.between(1, 4),
    sharing: random.between(0, 4),
    rotateAfter: random.chance(0.4) ? 10 * minute : undefined,
    maxSessionsPerUser: random.chance(0.4) ? 2 : undefined,
    overflow: random.chance(0.5) ? "reject" : "evict-oldest",
    hasStoreTime: random.chance(0.5),
    hasOldVersion: random.chance(0.25),
  };
}

type Weights<T extends string> = Readonly<Record<T, number>>;

interface Taste {
  /** From 0, hours between the steps, to 1, all at once. */
  readonly hurry: number;
  /** How often there is a pause of minutes or hours. */
  readonly leisure: number;
  readonly kinds: Weights<"request" | "job" | "admin" | Exclude<Step["kind"], "request" | "job" | "admin">>;
  readonly operations: Weights<Operation["do"]>;
  readonly fates: Weights<Fate>;
}

/** @param later what was added later draws from it, so that other choices of a seed stay as they were */
function drawTaste(random: Random, { hasStoreTime }: Setting, later: Random): Taste {
  const some = (most: number, chance = 0.5): number => (random.chance(chance) ? random.next() * most : 0);
  const hasRewinds = random.chance(0.4);
  return {
    hurry: random.next(),
    leisure: random.chance(0.2) ? 0.2 : 0.03,
    kinds: {
      ...{ request: 10, job: some(4), admin: some(3), call: some(8, 0.7), rewind: hasRewinds ? 1 : 0 },
      ...{ evict: some(0.6, 0.3), kill: some(1, 0.3), pause: some(1, 0.3), clock: hasStoreTime ? some(1, 0.3) : 0 },
      // A replica that lags may show what a rewind has undone, so that nothing could be said.
      ...{ full: some(1, 0.2), lag: hasRewinds ? 0 : some(1, 0.2) },
    },
    operations: {
      ...{
        set: 4,
        rewrite: some(1, 0.3),
        delete: some(1),
        take: some(3),
        count: some(4),
        flash: some(3),
        flashes: some(3),
        login: some(3),
      },
      ...{ regenerate: some(2), destroy: some(1.5), save: some(3), look: 1, wait: some(3, 0.7), limit: some(2, 0.3) },
      lifetime: later.chance(0.2) ? later.next() : 0,
    },
    fates: Object.fromEntries(
      names.map((fate) => {
        const weight = fate === "rewound" && !hasRewinds ? 0 : 0.05 + some(1);
        // A write that arrives after a rewind may bring back what the rewind has undone, and that was acknowledged.
        return [fate, fate === "slow-call" && hasRewinds ? 0 : weight];
      }),
    ) as Record<Fate, number>,
  };
}

const names = Object.keys(fates) as Fate[];

function drawPause(random: Random, { hurry, leisure }: Taste): number {
  const chance = random.next();
  if (chance < (0.5 + hurry * 0.4) * (1 - leisure)) return random.between(0, 30);
  if (chance < 1 - leisure) return random.between(0, 5 * second);
  return random.pick([minute, 11 * minute, 3 * 60 * minute, 8 * 60 * minute, 11 * 60 * minute]);
}

function drawStep(random: Random, taste: Taste, setting: Setting): Act {
  const kind = random.weighted(taste.kinds);
  const process = random.between(0, setting.processes - 1);
  const client = random.between(0, setting.clients - 1);
  const milliseconds = random.pick([100, second, 6 * second, 30 * second]);
  switch (kind) {
    case "request":
      return { kind, client, process, ...drawRequest(random, taste) };
    case "job":
      return { kind, client, process, operations: drawOperations(random, taste, jobOperations) };
    case "admin":
      return { kind, client, process, action: random.pick(actions) };
    case "call": {
      const operation = random.chance(0.7) ? random.pick(calls) : undefined;
      return { kind, process, fate: random.weighted(taste.fates), operation, skip: random.pick([0, 0, 0, 1, 2]) };
    }
    case "rewind":
      return { kind, changes: random.between(1, 6) };
    case "evict":
      return { kind, client };
    case "clock":
      return { kind, process, milliseconds: random.pick([-60, -5, 5, 26 * 60]) * minute };
    case "full":
      return { kind, milliseconds };
    case "lag":
      return { kind, process, lag: random.between(5, 500), milliseconds };
    default:
      return { kind, process, milliseconds };
  }
}

const actions = ["find", "list", "count", "revoke", "revokeOther", "revokeAll", "prune"] as const;
const calls = ["read", "create", "replace", "touch", "delete", "list", "time"] as const;
const lifetimes = [2, 4, 7, 9, "default"] as const;
const jobOperations = (word: Operation["do"]): boolean => word !== "destroy" && word !== "login";

function drawRequest(random: Random, taste: Taste): Omit<RequestStep, "kind" | "id" | "at" | "client" | "process"> {
  return {
    cookie: random.weighted({ own: 14, old: 2, both: 1.5, stolen: 1, none: 0.5 }),
    operations: drawOperations(random, taste, () => true),
    status: random.pick([200, 200, 200, 404, 500] as const),
    isAwaited: random.chance(0.9),
  };
}

function drawOperations(random: Random, taste: Taste, allows: (word: Operation["do"]) => boolean): Operation[] {
  const operations: Operation[] = random.chance(0.7) ? [{ do: "look" }] : [];
  for (let left = random.between(0, 4); left > 0; left--) {
    const word = random.weighted(taste.operations);
    if (!allows(word)) continue;
    if (word === "wait") operations.push({ do: word, milliseconds: random.pick([1, 5, 30, 200, 3_000]) });
    else if (word === "set" || word === "rewrite" || word === "delete" || word === "take")
      operations.push({ do: word, key: random.pick(keys) });
    else if (word === "lifetime") operations.push({ do: word, hours: random.pick(lifetimes) });
    else if (word === "limit")
      operations.push({
        do: word,
        by: random.pick(["remember", "expireAfter", "default"]),
        hours: random.between(2, 9),
      });
    else operations.push({ do: word });
  }
  return operations;
}

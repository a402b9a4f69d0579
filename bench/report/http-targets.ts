import type { Size } from "../data.ts";
import type { Route } from "../http/load/visitor.ts";
import { type Framework, unseen } from "../http/variants/list.ts";
import type { Kept } from "../http/variants/variant.ts";
import type { HttpCell } from "../measure/http.ts";
import { atMost, atMostOf, type Verdict } from "./verdict.ts";

/** How much a session of ours may cost, beside that of the peer which costs least on the same framework. */
interface HttpTarget {
  readonly on: readonly Framework[];
  readonly library: string;
  readonly size: Size;
  readonly peers: readonly Kept[];
  readonly most: Partial<Readonly<Record<Route, number>>>;
}

const memory = { library: "coatcheck, memory", peers: ["memory"] } as const;
const sealed = { library: "coatcheck, sealed", size: "500 B", peers: ["sealed", "signed"] } as const;

const targets: readonly HttpTarget[] = [
  { ...memory, on: ["Express", "Fastify", "Koa"], size: "500 B", most: { untouched: 0.15, read: 0.2, write: 0.3 } },
  { ...memory, on: ["Express", "Fastify", "Koa"], size: "20 kB", most: { untouched: 0.05, read: 0.05, write: 0.05 } },
  { ...memory, on: ["Hono"], size: "500 B", most: { untouched: 0.02, read: 0.02, write: 0.02 } },
  { ...sealed, on: ["Express", "Fastify", "Koa", "Hono", "h3"], most: { untouched: 0.8, read: 0.8, write: 1.1 } },
  { ...sealed, on: ["Express", "Fastify", "Koa", "Hono", "h3"], library: unseen, most: { read: 1.3 } },
  { ...sealed, on: ["node:http"], most: { write: 0.08 } },
  { ...sealed, on: ["node:http"], library: unseen, most: { read: 0.05 } },
];

/** What Hono's requests and responses may cost more than Koa's, in microseconds. */
const honoOverKoa = 3;

export function httpVerdicts(cells: readonly HttpCell[]): Verdict[] {
  const frameworks = [...new Set(cells.map(({ framework }) => framework))];
  return frameworks.flatMap((framework) => [
    ...targets.filter(({ on }) => on.includes(framework)).flatMap((target) => judge(cells, framework, target)),
    ...(framework === "Hono" ? besideKoa(cells) : []),
  ]);
}

function judge(cells: readonly HttpCell[], framework: Framework, target: HttpTarget): Verdict[] {
  return Object.entries(target.most).map(([route, most]) => {
    const here = cells.filter((one) => one.framework === framework && one.size === target.size && one.route === route);
    const cell = here.find(({ library }) => library === target.library)!;
    const [peer] = here
      .filter(({ library, kept }) => !library.startsWith("coatcheck") && target.peers.includes(kept))
      .sort((a, b) => a.overhead - b.overhead);
    const what = `${framework}: ${target.library}, ${target.size}, ${route}: of ${peer!.library}`;
    return { ...atMostOf(what, cell.overhead, peer!.overhead, most), cell };
  });
}

function besideKoa(cells: readonly HttpCell[]): Verdict[] {
  const own = cells.filter(({ library, size }) => library === memory.library && size === "500 B");
  return (["untouched", "read", "write"] as const).flatMap((route) => {
    const [hono, koa] = (["Hono", "Koa"] as const).map((name) =>
      own.find((one) => one.framework === name && one.route === route),
    );
    if (!hono || !koa) return [];
    const what = `Hono: ${memory.library}, 500 B, ${route}: over ours on Koa`;
    const micro = (time: number): string => `${time.toFixed(1)} µs`;
    return [{ ...atMost(what, hono.overhead - koa.overhead, honoOverKoa, micro), cell: hono }];
  });
}

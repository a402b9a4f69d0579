import type { Size } from "../data.ts";
import type { Route } from "../http/load/visitor.ts";
import type { HttpCell } from "../measure/http.ts";
import type { Results } from "./results.ts";

/** One promise, and what this run says to it. */
export interface Verdict {
  readonly id: string;
  readonly what: string;
  readonly limit: string;
  readonly measured: string;
  readonly met: boolean;
  /** Where the time went can be asked of this route. */
  readonly cell?: Pick<HttpCell, "variant" | "size" | "route">;
}

const times = (ratio: number): string => `${ratio.toFixed(2)}x`;
const micro = (time: number): string => `${time.toFixed(1)} µs`;

export function judge(results: Results): Verdict[] {
  return [...httpVerdicts(results.http), ...sealVerdicts(results), ...otherVerdicts(results)];
}

function httpVerdicts(cells: readonly HttpCell[]): Verdict[] {
  const find = (variant: string, size: Size, route: Route): HttpCell =>
    cells.find((cell) => cell.variant === variant && cell.size === size && cell.route === route) as HttpCell;

  const against = (own: string, peer: string, size: Size, route: Route, most: number): Verdict => {
    const cell = find(own, size, route);
    const ratio = cell.overhead / find(peer, size, route).overhead;
    return {
      id: `${own}, ${size}, ${route}`,
      what: `${own}, ${size}, ${route}: of ${peer}`,
      limit: times(most),
      measured: times(ratio),
      met: ratio <= most,
      cell,
    };
  };

  const none = find("coatcheck memory", "500 B", "none");
  return [
    {
      id: "coatcheck memory, 500 B, none",
      what: "coatcheck memory, no cookie",
      limit: micro(5),
      measured: micro(none.overhead),
      met: none.overhead <= 5,
      cell: none,
    },
    ...(["untouched", "read", "write"] as const).map((route) =>
      against("coatcheck memory", "express-session memory", "500 B", route, 0.35),
    ),
    ...(["read", "write"] as const).map((route) =>
      against("coatcheck memory", "express-session memory", "20 kB", route, 0.15),
    ),
    ...(["read", "write"] as const).map((route) =>
      against("coatcheck sealed cookie", "iron-session", "500 B", route, 0.1),
    ),
    ...["coatcheck sealed cookie", "coatcheck sealed cookie on node:http"].flatMap((own) =>
      (["untouched", "read", "write"] as const).map((route) =>
        against(own, "@fastify/secure-session", "500 B", route, 1),
      ),
    ),
  ];
}

function sealVerdicts({ seal }: Results): Verdict[] {
  return [...new Set(seal.map(({ bytes }) => bytes))].map((bytes) => {
    const pair = (name: string): number => {
      const cost = seal.find((one) => one.sealer === name && one.bytes === bytes)!;
      return cost.seal + cost.unseal;
    };
    const ratio = pair("coatcheck") / pair("node:crypto");
    return {
      id: "seal",
      what: `seal + unseal, ${bytes} B: of node:crypto`,
      limit: times(1.5),
      measured: times(ratio),
      met: ratio <= 1.5,
    };
  });
}

function otherVerdicts({ heap, sizes, imports }: Results): Verdict[] {
  const weight = (store: string): number => heap.find((one) => one.store === store)!.bytesPerSession;
  const ratio = weight("coatcheck") / weight("express-session");
  const { own } = sizes[0]!;
  const { overEmpty } = imports[0]!;
  return [
    {
      id: "heap",
      what: "heap of a stored session: of express-session",
      limit: times(1),
      measured: times(ratio),
      met: ratio <= 1,
    },
    { id: "size", what: "core, minified and gzipped", limit: "12000 B", measured: `${own} B`, met: own <= 12_000 },
    {
      id: "import",
      what: "import of the core, over an empty module",
      limit: "10 ms",
      measured: `${overEmpty.toFixed(1)} ms`,
      met: overEmpty <= 10,
    },
  ];
}

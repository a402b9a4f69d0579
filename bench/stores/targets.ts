import { grown } from "./growth.ts";
import type { StoreResults } from "./results.ts";
import { operations } from "./subject.ts";

export interface Verdict {
  readonly what: string;
  readonly limit: string;
  readonly measured: string;
  readonly met: boolean;
}

/** What the stores have to reach, and whether they did. */
export function judge({ comparisons, growth, pruning, settings }: StoreResults): Verdict[] {
  return [
    ...roundTrips(comparisons),
    ...speed(comparisons),
    ...exactness(comparisons, settings.updates),
    ...flatness(growth),
    ...pauses(pruning),
  ];
}

type Comparisons = StoreResults["comparisons"];

const roundTrips = (comparisons: Comparisons): Verdict[] =>
  comparisons.flatMap(({ names, roundTrips }) => {
    const own = roundTrips?.[0];
    if (!own) return [];
    const measured = operations.map((operation) => own[operation]);
    const met = operations.every((operation) => own[operation] <= (operation === "create signed in" ? 2 : 1));
    return [
      {
        what: `${names[0]}: round trips of ${operations.join(", ")}`,
        limit: "1; signed in 1 more, for the user's index",
        measured: measured.join(", "),
        met,
      },
    ];
  });

const speed = (comparisons: Comparisons): Verdict[] =>
  comparisons.flatMap(({ names, operations: rows }) =>
    rows.flatMap(({ operation, ratio }) =>
      ratio === undefined
        ? []
        : [
            {
              what: `${names[0]}, ${operation}, relative to ${names[1]}`,
              limit: "1.00x or more",
              measured: `${ratio.toFixed(2)}x`,
              met: ratio >= 1,
            },
          ],
    ),
  );

const exactness = (comparisons: Comparisons, times: number): Verdict[] =>
  comparisons.map(({ updates: [own] }) => ({
    what: `${own!.name}: ${times} updates at once`,
    limit: `${times}`,
    measured: `${own!.counted}`,
    met: own!.counted === times,
  }));

const flatness = (growth: StoreResults["growth"]): Verdict[] =>
  [...new Set(growth.map(({ store }) => store))].map((store) => {
    const rows = growth.filter((row) => row.store === store);
    const [first, last] = [rows[0]!, rows.at(-1)!];
    const costs = grown.map((_, index) => first.rates[index]! / last.rates[index]!);
    const worst = Math.max(...costs);
    return {
      what: `${store}: cost with ${last.sessions.toLocaleString("en-US")} sessions beside ${first.sessions.toLocaleString("en-US")}`,
      limit: "1.50x",
      measured: `${worst.toFixed(2)}x (${grown[costs.indexOf(worst)]})`,
      met: worst <= 1.5,
    };
  });

const pauses = (pruning: StoreResults["pruning"]): Verdict[] =>
  pruning.flatMap(({ store, pruned, during }) => [
    pause(`${store}: longest request while ${pruned.toLocaleString("en-US")} sessions are pruned`, during.request, 50),
    pause(`${store}: longest pause of the event loop during that pruning`, during.loop, 10),
  ]);

const pause = (what: string, measured: number, limit: number): Verdict => ({
  what,
  limit: `${limit} ms`,
  measured: `${Math.round(measured)} ms`,
  met: measured <= limit,
});

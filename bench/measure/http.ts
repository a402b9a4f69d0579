import { Child } from "../child.ts";
import type { Size } from "../data.ts";
import type { Route } from "../http/load/visitor.ts";
import { type Variant, variants } from "../http/variants/list.ts";
import type { Settings } from "../settings.ts";
import { mean, median } from "./statistics.ts";
import { type Slice, Target } from "./target.ts";

/** One variant, size and route. Times in microseconds of processor time per request. */
export interface HttpCell {
  readonly variant: string;
  readonly size: Size;
  readonly route: Route;
  /** The whole request. */
  readonly cpu: number;
  /** What the session adds to the bare framework: the median of the rounds, and the rounds furthest from it. */
  readonly overhead: number;
  readonly least: number;
  readonly most: number;
  /** Share of the answers that set a cookie. */
  readonly setCookies: number;
  /** Processor time by wall time: near 1 when the server seldom waited for a request. */
  readonly busy: number;
}

/** A slice, and what the bare framework took right before and after it. */
interface Measured extends Slice {
  readonly target: Target;
  readonly route: Route;
  readonly bare: number;
}

interface Group {
  readonly bare: Target;
  readonly targets: readonly Target[];
}

/** Every server in every round, one after the other, each between two measurements of its bare framework. */
export async function measureHttp(settings: Settings, log: (line: string) => void): Promise<HttpCell[]> {
  const generator = new Child("./http/load/generator.ts");
  const groups = makeGroups(generator, settings);
  const all = groups.flatMap(({ bare, targets }) => [bare, ...targets]);
  try {
    const slices: Measured[] = [];
    for (let round = 0; round < settings.rounds; round++) {
      for (const group of groups) slices.push(...(await measureGroup(group, round, log)));
    }
    for (const target of all) await target.verify();
    return summarise(groups, slices, settings);
  } finally {
    for (const target of all) target.server.stop();
    generator.stop();
  }
}

function makeGroups(generator: Child, settings: Settings): Group[] {
  const targetsOf = (variant: Variant): Target[] =>
    variant.sizes.map((size) => new Target(variant, size, generator, settings));
  return variants
    .filter(({ over }) => over === undefined)
    .map((bare) => ({
      bare: targetsOf(bare)[0]!,
      targets: variants.filter(({ over }) => over === bare.name).flatMap(targetsOf),
    }));
}

/** Every round begins at another place, so that nobody always comes after the same neighbour. */
async function measureGroup(group: Group, round: number, log: (line: string) => void): Promise<Measured[]> {
  const { bare, targets } = group;
  const first = (round * 2) % targets.length;
  const measured: Measured[] = [];
  let before = await measureBare(bare);
  for (const target of [...targets.slice(first), ...targets.slice(0, first)]) {
    await target.open();
    const slices: (Slice & { route: Route })[] = [];
    for (const route of target.routes) slices.push({ ...(await target.measure(route)), route });
    const after = await measureBare(bare);
    const base = mean([before, after]);
    before = after;
    measured.push(...slices.map((slice) => ({ ...slice, target, bare: base })));
    const times = slices.map(({ route, cpu }) => `${route} ${cpu.toFixed(1)}`).join(", ");
    log(`round ${round + 1}: ${target.name}: ${times}; ${bare.variant.name} beside it ${base.toFixed(1)}`);
  }
  return measured;
}

async function measureBare(bare: Target): Promise<number> {
  await bare.open();
  return (await bare.measure("none")).cpu;
}

/**
 * The machine is faster at one moment than at another, for all alike. So each slice counts in units of the bare framework
 * beside it, and these units are worth the median of all bare measurements.
 */
function summarise(groups: readonly Group[], slices: readonly Measured[], settings: Settings): HttpCell[] {
  return groups.flatMap(({ targets }) => {
    const unit = median(slices.filter(({ target }) => targets.includes(target)).map(({ bare }) => bare));
    return targets.flatMap((target) =>
      target.routes.map((route) => {
        const own = slices.filter((slice) => slice.target === target && slice.route === route);
        return toCell(target, route, own, unit, settings.requests[target.size]);
      }),
    );
  });
}

function toCell(target: Target, route: Route, slices: readonly Measured[], unit: number, requests: number): HttpCell {
  const overheads = slices.map(({ cpu, bare }) => (cpu / bare - 1) * unit);
  return {
    variant: target.variant.name,
    size: target.size,
    route,
    cpu: unit + median(overheads),
    overhead: median(overheads),
    least: Math.min(...overheads),
    most: Math.max(...overheads),
    setCookies: median(slices.map(({ setCookies }) => setCookies / requests)),
    busy: median(slices.map(({ cpu, milliseconds }) => (cpu * requests) / (milliseconds * 1000))),
  };
}

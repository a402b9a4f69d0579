import { Child } from "../child.ts";
import type { Size } from "../data.ts";
import type { Route } from "../http/load/visitor.ts";
import { bareOf, type Framework, type Variant, variantsOn } from "../http/variants/list.ts";
import type { Kept } from "../http/variants/variant.ts";
import type { Settings } from "../settings.ts";
import { mean, median } from "./statistics.ts";
import { type Slice, Target } from "./target.ts";

/** One variant, size and route. Times in microseconds of processor time per request. */
export interface HttpCell {
  readonly framework: Framework;
  readonly library: string;
  readonly kept: Kept;
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

/**
 * One framework after the other: all its servers in every round, each between two measurements of the bare framework.
 * The other frameworks' servers do not run meanwhile.
 */
export async function measureHttp(
  frameworks: readonly Framework[],
  settings: Settings,
  log: (line: string) => void,
): Promise<HttpCell[]> {
  const cells: HttpCell[] = [];
  for (const framework of frameworks) cells.push(...(await measureFramework(framework, settings, log)));
  return cells;
}

async function measureFramework(
  framework: Framework,
  settings: Settings,
  log: (line: string) => void,
): Promise<HttpCell[]> {
  const generator = new Child("./http/load/generator.ts");
  const targetsOf = (variant: Variant): Target[] =>
    variant.sizes.map((size) => new Target(variant, size, generator, settings));
  const group: Group = { bare: targetsOf(bareOf(framework))[0]!, targets: variantsOn(framework).flatMap(targetsOf) };
  try {
    const slices: Measured[] = [];
    for (let round = 0; round < settings.rounds; round++) slices.push(...(await measureGroup(group, round, log)));
    for (const target of group.targets) await target.verify();
    return summarise(group, slices);
  } finally {
    for (const target of [group.bare, ...group.targets]) target.server.stop();
    generator.stop();
  }
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
    log(`round ${round + 1}: ${target.name}: ${times}; ${bare.variant.framework} beside it ${base.toFixed(1)}`);
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
function summarise({ targets }: Group, slices: readonly Measured[]): HttpCell[] {
  const unit = median(slices.map(({ bare }) => bare));
  return targets.flatMap((target) =>
    target.routes.map((route) => {
      const own = slices.filter((slice) => slice.target === target && slice.route === route);
      return toCell(target, route, own, unit);
    }),
  );
}

function toCell({ variant, size }: Target, route: Route, slices: readonly Measured[], unit: number): HttpCell {
  const overheads = slices.map(({ cpu, bare }) => (cpu / bare - 1) * unit);
  return {
    framework: variant.framework,
    library: variant.library,
    kept: variant.kept!,
    size,
    route,
    cpu: unit + median(overheads),
    overhead: median(overheads),
    least: Math.min(...overheads),
    most: Math.max(...overheads),
    setCookies: median(slices.map(({ setCookies }) => setCookies)),
  };
}

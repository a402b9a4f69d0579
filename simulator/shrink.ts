import type { Operation, Plan, Step } from "./plan/plan.ts";

/** Whether a plan still shows the failure. */
export type Fails = (plan: Plan) => Promise<boolean>;

/** Leaves out steps, then operations, as long as the plan still fails. */
export async function shrink(plan: Plan, fails: Fails): Promise<Plan> {
  let smallest = plan;
  for (;;) {
    const steps = await withoutMost(smallest.steps, (some) => fails({ ...smallest, steps: some }));
    const simpler = await simplified({ ...smallest, steps }, fails);
    const isSame = sizeOf(simpler) === sizeOf(smallest);
    smallest = simpler;
    if (isSame) return smallest;
  }
}

/** Leaves out halves, then quarters, down to single ones. */
async function withoutMost<T>(
  all: readonly T[],
  fails: (some: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let left = all;
  for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < left.length; ) {
      const some = [...left.slice(0, start), ...left.slice(start + size)];
      if (await fails(some)) left = some;
      else start += size;
    }
  }
  return left;
}

async function simplified(plan: Plan, fails: Fails): Promise<Plan> {
  let steps = plan.steps;
  for (const [index, step] of steps.entries()) {
    if (!("operations" in step)) continue;
    const put = (operations: readonly Operation[]): readonly Step[] => steps.with(index, { ...step, operations });
    const operations = await withoutMost(step.operations, (some) => fails({ ...plan, steps: put(some) }));
    steps = put(operations);
  }
  return { ...plan, steps };
}

const sizeOf = ({ steps }: Plan): number =>
  steps.reduce((sum, step) => sum + 1 + ("operations" in step ? step.operations.length : 0), 0);

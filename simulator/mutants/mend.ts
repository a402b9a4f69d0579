import type { Engine } from "../engine/bundle.ts";
import type { Patch } from "../engine/patch.ts";
import type { Plan } from "../plan/plan.ts";

/** A fault that was mended once, and what takes its mend out again. */
export interface Mend {
  readonly name: string;
  readonly patches: readonly Patch[];
  readonly storeFlaw?: Engine["storeFlaw"];
  /** What shows the fault, where seeds rarely draw it. */
  readonly plan?: Plan;
}

export const core = (file: string, find: string, replace: string): Patch => ({
  file: `src/core/${file}`,
  find,
  replace,
});

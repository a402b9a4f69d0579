import type { StandardSchema } from "coatcheck";
import type { Limits } from "../oracle/opening.ts";
import type { Setting } from "../plan/plan.ts";
import type { Data, ProcessOptions } from "../world/process.ts";

const hour = 3_600_000;

/** In milliseconds. */
export const managersIdle: number = 10 * hour;

const storeTimeout = 400;
const commitTimeout = 1_000;

/** A commit, and before and after it the store's time, reads and deletions of a login, in milliseconds. */
export const longestOperation: number = commitTimeout + 5 * storeTimeout + 200;

/** The options that all processes have, but for what a version of the application changes. */
export function optionsFor(setting: Setting, isOldVersion: boolean): ProcessOptions["options"] {
  const { rotateAfter, maxSessionsPerUser, overflow } = setting;
  return {
    idleTimeout: `${managersIdle}ms`,
    absoluteTimeout: "14h",
    storeTimeout: `${storeTimeout}ms`,
    commitTimeout: `${commitTimeout}ms`,
    pruneInterval: "10m",
    ...(rotateAfter !== undefined && { rotateAfter: `${rotateAfter}ms` }),
    ...(maxSessionsPerUser !== undefined && { maxSessionsPerUser, overflow }),
    ...(isOldVersion && { schema: withoutC }),
  };
}

export const limitsOf = ({ rotateAfter, maxSessionsPerUser, overflow }: Setting): Limits => ({
  idle: managersIdle,
  absolute: 14 * hour,
  grace: 30_000,
  rotateAfter,
  evictsOldest: maxSessionsPerUser !== undefined && overflow === "evict-oldest",
});

/** As a schema that strips what it does not know. */
const withoutC: StandardSchema<Data> = {
  "~standard": {
    version: 1,
    vendor: "simulator",
    validate: (value) => {
      const { c: _, ...rest } = value as Data;
      return { value: rest };
    },
  },
};

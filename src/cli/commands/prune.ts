import { inBatches } from "../../core/language/breaks.ts";
import type { Command } from "../command.ts";
import { counted } from "../format.ts";
import { storeOptions, usualLimit, within, withStore } from "../open-store.ts";

export const prune: Command = {
  name: "prune",
  summary: "Deletes expired sessions of all namespaces in the store",
  options: storeOptions,
  about: ["The application does this by itself every ten minutes, unless its pruneInterval is false."],
  examples: ["coatcheck prune"],
  run: (input) =>
    withStore(input, async ({ store, now }) => {
      if (!store.prune) {
        return {
          data: { deleted: 0 },
          lines: ["This store deletes expired sessions by itself. There was nothing to do."],
        };
      }
      const deleted = await inBatches(async (limit) => (await store.prune?.(now, limit, within(usualLimit))) ?? 0);
      return { data: { deleted }, lines: [`${counted(deleted, "expired session")} deleted.`] };
    }),
};

import type { StoreCall } from "../../types/store.ts";
import type { SqlClient } from "./client.ts";
import type { Statements } from "./statements.ts";

/**
 * Deletes at most `limit` expired rows and returns their number; fewer mean that no more are due. Rows that are due but
 * live on get a later `prune_at`, so that no prune reads them again before it.
 */
export async function pruneDue(
  client: SqlClient,
  { prune, postpone }: Pick<Statements, "prune" | "postpone">,
  now: number,
  limit: number,
  call: StoreCall | undefined,
): Promise<number> {
  for (let pruned = 0; ; ) {
    const wanted = limit - pruned;
    const deleted = await client.run(prune, [now, wanted, now], call);
    pruned += deleted;
    if (deleted === wanted || postpone === undefined) return pruned;
    const postponed = await client.run(postpone, [now, limit, now], call);
    // Of the first rows that were due, each was deleted or postponed: there were not so many.
    if (deleted + postponed < wanted) return pruned;
  }
}

import { mapParallel } from "./abort.ts";
import type { RedisConnection } from "./connection.ts";
import { globbed, type RedisKeys } from "./keys.ts";
import { sweepEntries } from "./scripts.ts";

/** The least time between two slices, in milliseconds: a slice costs the server about half a millisecond. */
const defaultPauseMs = 10_000;
const sliceTimeoutMs = 5_000;
const keysPerSlice = "1000";

/**
 * Removes what is left in the indexes of users who do not come back. An index has no expiry of its own: Redis would evict it
 * under every `volatile-` policy, and then `revokeAll` would miss sessions. So each process looks at a slice of the server's
 * keys now and then, while users sign in. Returns a function that starts a slice if one is due.
 */
export function indexSweep(
  connection: RedisConnection,
  keys: RedisKeys,
  pauseMs: number = defaultPauseMs,
): (now: number) => void {
  let [primary, cursor, isRunning] = [0, "0", false];
  let last = performance.now();

  const slice = async (now: number): Promise<void> => {
    const call = { signal: AbortSignal.timeout(sliceTimeoutMs) };
    const { keyPrefix, sends } = await connection.primaries(call);
    const send = sends[primary % sends.length];
    const pattern = `${globbed(keyPrefix + keys.users)}*`;
    const reply = await send?.(["SCAN", cursor, "MATCH", pattern, "COUNT", keysPerSlice, "TYPE", "zset"], call);
    const [next, found] = reply as [string | number, string[]];
    await mapParallel(found, call, (key, call) =>
      connection.run(sweepEntries, key.slice(keyPrefix.length), [now], call),
    );
    cursor = String(next);
    if (cursor === "0") primary++;
  };

  return (now) => {
    if (isRunning || performance.now() - last < pauseMs) return;
    isRunning = true;
    slice(now)
      // Nothing depends on it, and the next slice tries again.
      .catch(() => undefined)
      .finally(() => {
        isRunning = false;
        last = performance.now();
      });
  };
}

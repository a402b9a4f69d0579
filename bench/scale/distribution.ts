import { createHash } from "node:crypto";
import { redisKeys } from "../../src/stores/redis/keys.ts";

export const slots = 16_384;

/** The slot that Redis Cluster gives a key: its CRC-16 (XMODEM). The store's keys have no hash tags. */
export function slotOf(key: string): number {
  let crc = 0;
  for (const byte of Buffer.from(key)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc % slots;
}

export interface Spread {
  readonly nodes: number;
  /** The fullest node by the mean. */
  readonly keys: number;
  /** The busiest node by the mean, where few sessions make most of the requests. */
  readonly load: number;
}

/** How sessions and their requests fall on the nodes of a cluster, each of which has an equal range of slots. */
export function spreadOver(nodes: number, slotsOfKeys: Iterable<number>): Spread {
  const keys = new Float64Array(nodes);
  const load = new Float64Array(nodes);
  let rank = 0;
  for (const slot of slotsOfKeys) {
    const node = Math.floor((slot * nodes) / slots);
    keys[node]!++;
    // Zipf's law, exponent 0.8: of a million, the first hundredth makes a third of all requests.
    load[node]! += (rank++ + 1) ** -0.8;
  }
  return { nodes, keys: unevenness(keys), load: unevenness(load) };
}

function unevenness(values: Float64Array): number {
  const sum = values.reduce((total, value) => total + value, 0);
  return Math.max(...values) / (sum / values.length);
}

/** The slots of this many sessions with ids as the library makes them: 16 random bytes, here from a counter. */
export function sessionSlots(count: number): Uint16Array {
  const { record } = redisKeys("coatcheck:");
  return Uint16Array.from({ length: count }, (_, n) => {
    const id = createHash("sha256").update(String(n)).digest().subarray(0, 16).toString("base64url");
    return slotOf(record({ namespace: "session", id }));
  });
}

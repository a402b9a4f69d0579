import { Child } from "../child.ts";
import type { SealQuestion, SealResult } from "../crypto/worker.ts";
import type { Settings } from "../settings.ts";
import { median } from "./statistics.ts";

const payloads: readonly number[] = [500, 3000];
const sealers = ["coatcheck", "node:crypto", "iron-session", "jose"];

/** Microseconds of processor time, medians of the rounds. */
export interface SealCost extends SealResult {
  readonly sealer: string;
  readonly bytes: number;
}

export async function measureSeal(settings: Settings, log: (line: string) => void): Promise<SealCost[]> {
  const worker = new Child("./crypto/worker.ts");
  const results: SealCost[] = [];
  try {
    // The first round warms up.
    for (let round = 0; round <= settings.rounds; round++) {
      for (const bytes of payloads) {
        for (const sealer of sealers) {
          const question: SealQuestion = { sealer, bytes, pairs: settings.seals };
          const result = await worker.ask<SealResult>(question);
          if (round > 0) results.push({ sealer, bytes, ...result });
          log(`round ${round}: ${sealer}, ${bytes} B: ${result.seal.toFixed(1)}, ${result.unseal.toFixed(1)}`);
        }
      }
    }
  } finally {
    worker.stop();
  }
  return payloads.flatMap((bytes) =>
    sealers.map((sealer) => {
      const own = results.filter((result) => result.sealer === sealer && result.bytes === bytes);
      return {
        sealer,
        bytes,
        seal: median(own.map(({ seal }) => seal)),
        unseal: median(own.map(({ unseal }) => unseal)),
      };
    }),
  );
}

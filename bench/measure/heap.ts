import { Child } from "../child.ts";
import type { Settings } from "../settings.ts";

export interface HeapQuestion {
  readonly store: "coatcheck" | "express-session";
  readonly sessions: number;
}

export interface HeapResult {
  readonly store: HeapQuestion["store"];
  readonly bytesPerSession: number;
}

/** Memory does not vary from run to run as time does, so each store is weighed once. */
export async function measureHeap(settings: Settings, log: (line: string) => void): Promise<HeapResult[]> {
  const results: HeapResult[] = [];
  for (const store of ["coatcheck", "express-session"] as const) {
    const worker = new Child("./memory/worker.ts", [], ["--expose-gc"]);
    try {
      const question: HeapQuestion = { store, sessions: settings.storedSessions };
      const bytesPerSession = await worker.ask<number>(question);
      log(`${store}: ${bytesPerSession.toFixed(0)} B for each session`);
      results.push({ store, bytesPerSession });
    } finally {
      worker.stop();
    }
  }
  return results;
}

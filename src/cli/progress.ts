import type { Host } from "./host.ts";

const width = 30;
const drawEvery = 100;

export interface Progress {
  add(count: number): void;
  end(): void;
}

/** A bar on the terminal; nothing where no person looks. */
export function progressBar({ terminal }: Host, what: string, total: number): Progress {
  let done = 0;
  let drawnAt = 0;
  return {
    add(count) {
      done += count;
      const at = Date.now();
      if (!terminal || at - drawnAt < drawEvery) return;
      drawnAt = at;
      const share = Math.min(1, total === 0 ? 1 : done / total);
      const full = Math.round(share * width);
      const bar = `${"#".repeat(full)}${".".repeat(width - full)}`;
      terminal.draw(`${what} [${bar}] ${done.toLocaleString("en")} of ${Math.max(total, done).toLocaleString("en")}`);
    },
    end: () => terminal?.draw(""),
  };
}

import { run } from "../../core/language/flow.ts";
import { never } from "../../core/state/expiry.ts";
import type { Parts } from "./parts.ts";
import type { Source } from "./source.ts";

/**
 * Returns a function that, at the first request, notes in the store since when there have been these sources, and says
 * which of them can go. In the background, and of no consequence if it fails.
 */
export function ageWatch({ context, notes }: Parts, sources: readonly Source[]): () => void {
  let isDone = false;
  const check = async ({ name, lifetime }: Source): Promise<void> => {
    await context.clock.ready();
    const now = context.clock.now();
    let since = now;
    const note = notes.write(`legacy since ${name}`, never, (text) => {
      since = text === undefined ? now : Number(text);
      return String(since);
    });
    await run(note);
    if (now - since <= lifetime) return;
    const message = `The first request came for the source ${name} on ${new Date(since).toISOString()}, and the longest lifetime of its sessions (lifetime) is over since then. If no old version of the application runs any more, remove it from the option legacy.`;
    context.emit({ type: "warning", code: "LEGACY_OVER", message });
  };
  return () => {
    if (isDone) return;
    isDone = true;
    for (const source of sources) check(source).catch(() => undefined);
  };
}

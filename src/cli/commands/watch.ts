import { setTimeout as pause } from "node:timers/promises";
import ms from "ms";
import { visible } from "../../core/language/visible.ts";
import { type Command, type Input, isSet, type Report, textOf } from "../command.ts";
import { explain } from "../explain.ts";
import { counted, jsonLine, printable } from "../format.ts";
import { bulkLimit, type OpenedStore, pagesOf, storeOptions, timeOf, within, withStore } from "../open-store.ts";
import { factsOf } from "../session-facts.ts";
import { misuse } from "../stop.ts";
import { type Change, changeKinds, compare, type Seen, type Sessions } from "../watch/compare.ts";

/** Each look reads all sessions. With more than these that is asked for on purpose only. */
const mostSessions = 10_000;
const shortest = 100;
const longest = 3_600_000;

export const watch: Command = {
  name: "watch",
  summary: "Shows what happens to sessions, as it happens, until Ctrl-C",
  options: {
    ...storeOptions,
    user: { value: "<id>", about: "only the sessions of this user, which costs little on a store of any size" },
    interval: { value: "<time>", about: "look so often, such as 500ms or 10s; 2s if not given" },
    yes: { about: `look although there are more than ${mostSessions.toLocaleString("en")} sessions` },
  },
  about: [
    "It looks into the store again and again, and says what has changed: created, signed-in, changed, seen, ended, expired.",
    "Each look reads all live sessions of the namespace, and the next begins --interval after its end. What happens twice",
    "between two looks is told once, and a session that comes and goes between them is not seen. The application's own",
    "events, with refused tokens and failures, are on its observer. With --json each change is an object on a line.",
  ],
  examples: ["coatcheck watch", "coatcheck watch --user ann", "coatcheck watch --interval 10s --json >> changes.jsonl"],
  run: (input) => withStore(input, (opened) => watchStore(input, opened)),
};

async function watchStore(input: Input, opened: OpenedStore): Promise<Report> {
  const interval = intervalOf(input);
  const user = textOf(input, "user");
  if (user === undefined && !isSet(input, "yes")) await checkSize(opened);
  const tell = teller(input);
  const interrupted = input.host.interrupted();
  const begunAt = Date.now();
  const counts = Object.fromEntries(changeKinds.map((kind) => [kind, 0])) as Record<Change["event"], number>;
  let { seen } = await look(opened, user);
  tell({ event: "watching", live: seen.size }, `Watching ${counted(seen.size, "live session")}. Ctrl-C ends it.`);
  for (;;) {
    await pause(interval, undefined, { signal: interrupted }).catch(() => undefined);
    if (interrupted.aborted) break;
    try {
      const next = await look(opened, user);
      for (const change of compare(seen, next.seen, next.now)) {
        counts[change.event] += 1;
        tell(change, lineOf(change));
      }
      seen = next.seen;
    } catch (error) {
      // The store may be back at the next look.
      input.host.warn(`${printable(explain(error).message)}\n`);
    }
  }
  const milliseconds = Date.now() - begunAt;
  const summary = changeKinds.filter((kind) => counts[kind] > 0).map((kind) => `${counts[kind]} ${kind}`);
  return {
    inOneLine: true,
    data: { event: "summary", milliseconds, live: seen.size, counts },
    lines: [
      `In ${ms(milliseconds)}: ${summary.join(", ") || "nothing happened"}. ${counted(seen.size, "session")} now.`,
    ],
  };
}

/** Prints what happened at once: as JSON, or as words behind the time. */
function teller(input: Input): (data: object, words: string) => void {
  const asJson = isSet(input, "json");
  return (data, words) => {
    const time = new Date().toISOString();
    input.host.print(`${asJson ? jsonLine({ time, ...data }) : printable(`${time.slice(11, 19)}  ${words}`)}\n`);
  };
}

const lineOf = ({ event, id, userId }: Change): string =>
  `${event.padEnd(9)}  ${visible(id)}${userId === undefined ? "" : `  ${visible(userId)}`}`;

function intervalOf(input: Input): number {
  const given = textOf(input, "interval") ?? "2s";
  const interval = /^\d/.test(given) ? ms(given as ms.StringValue) : undefined;
  if (interval !== undefined && interval >= shortest && interval <= longest) return interval;
  throw misuse("--interval takes a time from 100ms to 1h, such as 2s.");
}

/** @throws Stop */
async function checkSize({ store, config, now }: OpenedStore): Promise<void> {
  const live = (await store.count?.(config.namespace, now, within(bulkLimit))) ?? 0;
  if (live <= mostSessions) return;
  throw misuse(
    `There are ${counted(live, "live session")}, and each look would read them all. Watch one user by --user, or give --yes and a long --interval. The application's own events cost nothing: see its observer.`,
  );
}

async function look(opened: OpenedStore, userId: string | undefined): Promise<{ seen: Sessions; now: number }> {
  const now = await timeOf(opened.store);
  const seen = new Map<string, Seen>();
  for await (const { records } of pagesOf({ ...opened, now }, { userId })) {
    for (const record of records) {
      const facts = factsOf(record, opened.config);
      seen.set(record.id, {
        userId: facts.userId,
        version: record.version,
        lastSeenAt: facts.lastSeenAt.getTime(),
        expiresAt: record.expiresAt,
      });
    }
  }
  return { seen, now };
}

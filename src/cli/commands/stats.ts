import { type Command, type Input, isSet, type Report } from "../command.ts";
import { counted, moment } from "../format.ts";
import { bulkLimit, type OpenedStore, pagesOf, storeOptions, within, withStore } from "../open-store.ts";
import { progressBar } from "../progress.ts";
import { factsOf } from "../session-facts.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export const stats: Command = {
  name: "stats",
  summary: "Counts live sessions: of how many users, how old, how large",
  options: { ...storeOptions, quick: { about: "only count, which does not read the sessions" } },
  examples: ["coatcheck stats", "coatcheck stats --quick --json"],
  run: (input) => withStore(input, (opened) => (isSet(input, "quick") ? quickly(opened) : thoroughly(input, opened))),
};

const countIn = async ({ store, config, now }: OpenedStore): Promise<number> =>
  (await store.count?.(config.namespace, now, within(bulkLimit))) ?? 0;

async function quickly(opened: OpenedStore): Promise<Report> {
  const live = await countIn(opened);
  const { namespace } = opened.config;
  return { lines: [`${counted(live, "live session")} in ${namespace}.`], data: { namespace, live } };
}

async function thoroughly({ host }: Input, opened: OpenedStore): Promise<Report> {
  const { config, now, place } = opened;
  const bar = progressBar(host, "Reading", await countIn(opened));
  const users = new Set<string>();
  const found = { live: 0, signedIn: 0, createdLastHour: 0, createdLastDay: 0, seenLast5Minutes: 0, seenLastHour: 0 };
  const more = { seenLastDay: 0, unreadable: 0, bytes: 0, largest: 0 };
  let oldest: Date | undefined;
  for await (const { records } of pagesOf(opened)) {
    for (const record of records) {
      const { userId, createdAt, lastSeenAt, bytes, condition } = factsOf(record, config);
      const [age, idle] = [now - createdAt.getTime(), now - lastSeenAt.getTime()];
      if (userId !== undefined) users.add(userId);
      found.live += 1;
      found.signedIn += Number(userId !== undefined);
      found.createdLastHour += Number(age < hour);
      found.createdLastDay += Number(age < day);
      found.seenLast5Minutes += Number(idle < 5 * minute);
      found.seenLastHour += Number(idle < hour);
      more.seenLastDay += Number(idle < day);
      more.unreadable += Number(condition !== "intact");
      more.bytes += bytes;
      more.largest = Math.max(more.largest, bytes);
      if (!oldest || createdAt < oldest) oldest = createdAt;
    }
    bar.add(records.length);
  }
  bar.end();
  const data = { namespace: config.namespace, users: users.size, ...found, ...more, oldest };
  const mean = found.live === 0 ? 0 : Math.round(more.bytes / found.live);
  return {
    data,
    lines: [
      `${counted(found.live, "live session")} in ${config.namespace}, at ${place.shown}`,
      `  signed in   ${counted(found.signedIn, "session")} of ${counted(users.size, "user")}`,
      `  created     ${found.createdLastHour} in the last hour, ${found.createdLastDay} in the last day`,
      `  last seen   ${found.seenLast5Minutes} in 5 minutes, ${found.seenLastHour} in an hour, ${more.seenLastDay} in a day`,
      ...(oldest ? [`  oldest      ${moment(oldest, now)}`] : []),
      `  size        ${counted(mean, "byte")} on average, ${more.largest} the largest`,
      ...(more.unreadable > 0
        ? [`  unreadable  ${more.unreadable}: "coatcheck list" shows them, or "coatcheck show <id>" one of them`]
        : []),
    ],
  };
}

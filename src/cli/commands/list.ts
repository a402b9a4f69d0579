import { visible } from "../../core/language/visible.ts";
import { type Command, textOf } from "../command.ts";
import { relative, table } from "../format.ts";
import { bulkLimit, storeOptions, within, withStore } from "../open-store.ts";
import { conditionText, factsOf } from "../session-facts.ts";
import { misuse } from "../stop.ts";

export const list: Command = {
  name: "list",
  summary: "Lists live sessions, oldest first",
  options: {
    ...storeOptions,
    user: { value: "<id>", about: "only the sessions of this user" },
    limit: { value: "<number>", about: "at most so many, 1 to 1000; 100 if not given" },
    after: { value: "<cursor>", about: "continue after an earlier list" },
  },
  about: ["An id is safe to show: it opens nothing."],
  examples: ["coatcheck list --user ann", "coatcheck list --limit 1000 --json"],
  run: (input) =>
    withStore(input, async ({ store, config, now }) => {
      const limit = Number(textOf(input, "limit") ?? 100);
      if (!Number.isInteger(limit) || limit < 1 || limit > 1_000)
        throw misuse("--limit takes a number from 1 to 1000.");
      const filter = { userId: textOf(input, "user"), limit, cursor: textOf(input, "after") };
      const page = await store.list?.(config.namespace, filter, now, within(bulkLimit));
      const sessions = (page?.records ?? []).map((record) => factsOf(record, config));
      const cursor = page?.cursor;
      const rows = sessions.map(({ id, userId, createdAt, lastSeenAt, expiresAt, condition }) => [
        visible(id),
        userId === undefined ? "-" : visible(userId),
        ...[createdAt, lastSeenAt, expiresAt].map((time) => relative(time, now)),
        conditionText[condition],
      ]);
      const whose = filter.userId === undefined ? `in ${config.namespace}` : `of this user in ${config.namespace}`;
      const none = `There are no live sessions ${whose}.`;
      const next = cursor === undefined ? [] : ["", `There may be more: --after ${visible(cursor)}`];
      return {
        data: { namespace: config.namespace, sessions, cursor },
        lines: [
          ...(rows.length === 0 && cursor === undefined
            ? [none]
            : table([["ID", "USER", "CREATED", "SEEN", "ENDS", ""], ...rows])),
          ...next,
        ],
      };
    }),
};

import type { Command } from "./command.ts";
import { admin } from "./commands/admin.ts";
import { clear } from "./commands/clear.ts";
import { completion } from "./commands/completion.ts";
import { copy } from "./commands/copy.ts";
import { doctor } from "./commands/doctor.ts";
import { init } from "./commands/init.ts";
import { inspect } from "./commands/inspect.ts";
import { key } from "./commands/key.ts";
import { list } from "./commands/list.ts";
import { prune } from "./commands/prune.ts";
import { revoke } from "./commands/revoke.ts";
import { schema } from "./commands/schema.ts";
import { show } from "./commands/show.ts";
import { stats } from "./commands/stats.ts";
import { watch } from "./commands/watch.ts";

/** All commands, in the order of the help. */
export const commands: readonly Command[] = [
  ...[init, key, schema, stats, list, show, revoke, prune, clear, inspect, copy, watch, admin, doctor],
  completion(() => commands),
];

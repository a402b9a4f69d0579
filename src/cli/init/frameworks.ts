import type { Framework } from "./framework.ts";
import { servers } from "./frameworks/servers.ts";
import { whole } from "./frameworks/whole.ts";

/** All of them, in the order of the question. */
export const frameworks: readonly Framework[] = [...servers, ...whole];

import { startWith } from "./_coatcheck-node.ts";
import { memorySessions } from "./_stores.ts";
import type { Start } from "./variant.ts";

export const start: Start = startWith(memorySessions);

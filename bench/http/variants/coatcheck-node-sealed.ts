import { startWith } from "./_coatcheck-node.ts";
import { sealedSessions } from "./_stores.ts";
import type { Start } from "./variant.ts";

export const start: Start = startWith(sealedSessions);

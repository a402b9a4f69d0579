import { startWith } from "./_coatcheck-express.ts";
import { sqliteSessions } from "./_stores.ts";
import type { Start } from "./variant.ts";

export const start: Start = startWith(sqliteSessions);

import { startWith } from "./_coatcheck-express.ts";
import { memorySessions } from "./_stores.ts";
import type { Start } from "./variant.ts";

export const start: Start = startWith(memorySessions);

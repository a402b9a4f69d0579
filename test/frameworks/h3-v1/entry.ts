// h3 1 on Node's own requests and responses.
import { entryOf } from "./_entry.ts";

export const entry = entryOf((handler) => handler);

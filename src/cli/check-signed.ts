import { type OpenedStore, usualLimit, within } from "./open-store.ts";
import { bodyOf } from "./session-facts.ts";
import { misuse } from "./stop.ts";

/** Refuses to end sessions of an application with `pepper` without its keys. @throws Stop */
export async function checkSigned({ store, config, now }: OpenedStore, userId?: string): Promise<void> {
  const page = await store.list?.(config.namespace, { userId, limit: 1 }, now, within(usualLimit));
  if (!page?.records.some((record) => bodyOf(record, config) === "signed")) return;
  throw misuse(
    "The application signs its records. Set SESSION_PEPPER to its keys, or a login under way would not notice. Nothing was ended.",
  );
}

import { createSessions } from "../create-sessions.ts";
import type { Sessions } from "../types/sessions.ts";
import type { OpenedStore } from "./open-store.ts";
import { managerOptions } from "./settings.ts";

/** A manager of the application's sessions, to find and end them. It has no limits, so it must not count or prune. */
export function managerOf({ given, config }: OpenedStore): Sessions<Record<string, unknown>> {
  const { application, namespace, name, pepper } = config;
  return createSessions<Record<string, unknown>>({
    ...managerOptions,
    ...{ store: given, name, application, namespace },
    ...(pepper.length > 0 && { pepper }),
  });
}

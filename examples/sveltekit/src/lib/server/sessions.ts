import { createSessions } from "coatcheck";
import { openStore } from "coatcheck/stores/open";
import { env } from "$env/dynamic/private";

export interface Visit {
  views: number;
  apples: number;
}

export const sessions = createSessions<Visit>({
  store: await openStore(env.SESSION_STORE ?? "file:.sessions"),
});

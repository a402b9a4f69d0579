import { createSessions } from "coatcheck";
import { nextSession } from "coatcheck/next";
import { openStore } from "coatcheck/stores/open";

export interface Visit {
  views: number;
  apples: number;
  /** What the last action left for the page that is looked at now. */
  messages: string[];
}

export const sessions = createSessions<Visit>({
  store: await openStore(process.env.SESSION_STORE ?? "file:.sessions"),
});

export const { route, action, read, proxy } = nextSession(sessions);

import { createSessions } from "coatcheck";
import { openStore } from "coatcheck/stores/open";

export interface Visit {
  views: number;
  apples: number;
}

export const sessions = createSessions<Visit>({
  store: await openStore(process.env.SESSION_STORE ?? "file:.sessions"),
});

import { createSessions, type Session } from "coatcheck";
import { openStore } from "coatcheck/stores/open";

export interface Visit {
  views: number;
  apples: number;
}

export const sessions = createSessions<Visit>({
  store: await openStore(process.env.SESSION_STORE ?? "file:.sessions"),
});

declare module "h3" {
  interface H3EventContext {
    session: Session<Visit>;
  }
}

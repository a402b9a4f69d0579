import { createSessions } from "coatcheck";
import { sqliteStore } from "coatcheck/stores/sqlite";
import { dataFolder } from "./users.ts";

/** What the application remembers of a visitor. */
export interface Visit {
  visits: number;
  /** Such as "Firefox on Linux". */
  browser: string;
}

export const sessions = createSessions<Visit>({
  store: sqliteStore({ path: `${dataFolder}/sessions.db` }),
  trustProxy: process.env.NODE_ENV === "production", // one proxy before this server ends https
  probation: "10m", // a visitor who never comes back, such as a robot, is forgotten after ten minutes
  cache: "no-store", // after a sign-out, the Back button shows nothing
  remember: false, // the cookie ends with the browser
});

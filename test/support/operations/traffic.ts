import type { SessionManager, Sessions } from "coatcheck";
import { Browser } from "../browser/visitor.ts";

export interface Visits {
  n: number;
}

/**
 * A little of everything that happens to sessions: visitors come, sign in, are refused and sign out, and two requests
 * change one session at once. Needs `maxSessionsPerUser: 1`.
 */
export async function traffic(sessions: Sessions<Visits>): Promise<void> {
  const ann = new Browser(sessions);
  await ann.visit((session) => session.set("n", 1));
  await ann.visit((session) => session.get("n"));
  await ann.visit((session) => session.login("ann"));
  const other = new Browser(sessions);
  await other.visit((session) => session.login("ann"));
  await ann.visit((session) => session.get("n"));
  const forger = other.copy();
  for (const [name, value] of forger.cookies) forger.cookies.set(name, `${value.slice(0, -4)}AAAA`);
  await forger.visit((session) => session.get("n"));
  await other.visit((session) => session.destroy());
  await sessions.prune();
}

/** Two processes change one session between each other's reading and writing. */
export async function conflict(one: Sessions<Visits>, two: SessionManager<Visits>): Promise<void> {
  const browser = new Browser(one);
  await browser.visit((session) => session.set("n", 1));
  const elsewhere = new Browser(two);
  for (const [name, value] of browser.cookies) elsewhere.cookies.set(name, value);
  await browser.visit(async (session) => {
    session.set("n", 2);
    await elsewhere.visit((other) => other.set("n", 3));
  });
}

import type { Hints } from "../language/guard.ts";

const elsewhere =
  'Middleware that was written for properties, such as connect-flash, works on the session of "coatcheck/passport".';

/** What is said to those who take a session for a bag of properties. */
export const sessionHints: Hints = {
  assigned: (name) =>
    `A session has no properties to assign: "${name}" was not stored. Use session.set("${name}", value), and session.destroy() to sign out. ${elsewhere}`,
  deleted: (name) => `A session has no properties to delete: "${name}" stays as it is. Use session.delete("${name}").`,
  read: (name) =>
    `A session has no property "${name}", so this would be undefined whatever is stored. Use session.get("${name}") or session.has("${name}"). ${elsewhere}`,
};

/** A bag as it is stored: the JSON of each of its values, and of its cookie, by key. */
export type Texts = ReadonlyMap<string, string>;

export const noTexts: Texts = new Map();

/** Under this key a row has its cookie, as in express-session. */
export const cookieKey = "cookie";

/**
 * Returns a bag as it would be stored. What JSON leaves out is absent, and so is the time at which the cookie expires:
 * that moves with every visit.
 *
 * @throws TypeError for what JSON cannot hold
 */
export function textsOf(bag: object): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(bag)) {
    const text = key === cookieKey ? cookieText(value) : JSON.stringify(value);
    if (text !== undefined) texts.set(key, text);
  }
  return texts;
}

export function cookieText(cookie: unknown): string {
  const { expires: _, ...attributes } = JSON.parse(JSON.stringify(cookie ?? {}));
  return JSON.stringify(attributes);
}

/** The lifetime that every visit starts again, in milliseconds. `undefined`: until the browser closes. */
export function lifetimeIn(texts: Texts): number | undefined {
  const { originalMaxAge } = JSON.parse(texts.get(cookieKey) ?? "{}");
  return typeof originalMaxAge === "number" ? originalMaxAge : undefined;
}

/** What must be set, and deleted (`undefined`), to make the one of the other. */
export function differences(before: Texts, after: Texts): Map<string, string | undefined> {
  const changes = new Map<string, string | undefined>();
  for (const [key, text] of after) if (before.get(key) !== text) changes.set(key, text);
  for (const key of before.keys()) if (!after.has(key)) changes.set(key, undefined);
  return changes;
}

/**
 * Returns a path of this application to go to after a login, from what a link or a form said, which anybody may have
 * written. What would leave this application, by another host, another scheme or a script, becomes the fallback
 * (CWE-601, open redirect).
 *
 * @param given such as the query parameter `returnTo`
 * @param fallback the path for a missing or a foreign target. @default "/"
 *
 * @example
 * res.redirect(returnTo(req.query.returnTo, "/account"));
 */
export function returnTo(given: unknown, fallback = "/"): string {
  if (typeof given !== "string" || !given.startsWith("/")) return fallback;
  // Browsers read "//" and "/\" as the beginning of a host, and skip control characters in between.
  const base = "http://coatcheck.invalid";
  try {
    const { origin, pathname, search, hash } = new URL(given, base);
    const path = pathname + search + hash;
    return origin === base && !/^[/\\]{2}/.test(path) ? path : fallback;
  } catch {
    return fallback;
  }
}

import { type CarriedRequest, headOf } from "../../security/csrf/head.ts";

type Name = readonly [name: string, mark: RegExp];

/** The first that fits: most browsers also name those that they descend from. */
const browsers: readonly Name[] = [
  ["Edge", /\bEdg(?:e|A|iOS)?\//],
  ["Opera", /\b(?:OPR|Opera|OPiOS)\//],
  ["Samsung Internet", /\bSamsungBrowser\//],
  ["Firefox", /\b(?:Firefox|FxiOS)\//],
  ["Chrome", /\b(?:Chrome|Chromium|CriOS|HeadlessChrome)\//],
  ["Safari", /\bVersion\/.*\bSafari\//],
  ["curl", /^curl\//],
];

const systems: readonly Name[] = [
  ["iPhone", /\biPhone\b/],
  ["iPad", /\biPad\b/],
  ["Android", /\bAndroid\b/],
  ["Windows", /\bWindows\b/],
  ["ChromeOS", /\bCrOS\b/],
  ["macOS", /\bMacintosh\b|\bMac OS X\b/],
  ["Linux", /\bLinux\b/],
];

/**
 * Returns a few words for the browser of a request, such as "Firefox on Linux", to keep in the session at the sign-in and
 * to show its user later. Anybody may send any `User-Agent`, so decide nothing by it. None of the header's own text is in
 * the result.
 *
 * @example
 * session.login(user.id);
 * session.set("device", deviceLabel(request));
 */
export function deviceLabel(request: CarriedRequest): string {
  // Real ones have some two hundred characters.
  const agent = headOf(request).header("user-agent")?.slice(0, 1_000) ?? "";
  const named = (names: readonly Name[]): string | undefined => names.find(([, mark]) => mark.test(agent))?.[0];
  const [browser, system] = [named(browsers), named(systems)];
  if (system === undefined) return browser ?? "Unknown device";
  return browser === undefined ? system : `${browser} on ${system}`;
}

const browsers = { "Edg/": "Edge", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari" };
const systems = ["Android", "iPhone", "iPad", "Windows", "Mac", "Linux"];

/** A few words for the header User-Agent, by which a browser says what it is. */
export function browserName(userAgent = ""): string {
  const [, browser = "A browser"] = Object.entries(browsers).find(([mark]) => userAgent.includes(mark)) ?? [];
  const system = systems.find((name) => userAgent.includes(name));
  return system === undefined ? browser : `${browser} on ${system}`;
}

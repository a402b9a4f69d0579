import type { Place } from "../place.ts";

/** What is not for the client of the database. */
const ownParameters = /^(table|schema|createTable|prefix|collection|createIndexes)=/;

/** Returns the URL for the client of the database, and the store's own parameters. */
export function clientUrl({ url }: Place): { readonly url: string; readonly own: URLSearchParams } {
  const [place = "", query = ""] = url.split(/\?(.*)/s);
  const parts = query.split("&").filter(Boolean);
  const others = parts.filter((part) => !ownParameters.test(part)).join("&");
  return {
    url: place + (others && `?${others}`),
    own: new URLSearchParams(parts.filter((part) => ownParameters.test(part)).join("&")),
  };
}

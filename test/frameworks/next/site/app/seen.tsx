import { cookies, headers } from "next/headers";
import { read, tastes } from "../sessions";

/** What the code of this request sees, as JSON. */
export async function Seen() {
  const [session, taste, sent, jar] = await Promise.all([read(), tastes.read(), headers(), cookies()]);
  const seen = {
    isNew: session.isNew,
    user: session.userId ?? "nobody",
    views: session.get("views") ?? 0,
    notes: session.get("notes") ?? [],
    colour: taste.get("colour") ?? "none",
    own: sent.get("x-own"),
    removed: sent.get("x-removed"),
    other: sent.get("x-other"),
    cookies: jar
      .getAll()
      .map(({ name }) => name)
      .toSorted(),
  };
  return <pre>{JSON.stringify(seen)}</pre>;
}

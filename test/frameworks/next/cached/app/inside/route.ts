import { read, route } from "../../../site/sessions";

/** Tries to read a session where what is read would be kept for everybody. */
export const GET = route(async () => new Response(await tried()));

async function tried() {
  "use cache";
  return read().then(({ userId }) => `the session of ${userId}`, String);
}

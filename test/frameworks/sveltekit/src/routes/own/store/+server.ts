import { health } from "../../../sessions.ts";

export function GET({ url }) {
  health.isDown = url.search === "?down";
  return new Response(url.search);
}

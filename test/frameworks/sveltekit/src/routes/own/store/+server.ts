import { health } from "../../../sessions.ts";

export function GET({ url }) {
  health.isReadable = url.search !== "?unreadable";
  health.isWritable = url.search !== "?down";
  return new Response(url.search);
}

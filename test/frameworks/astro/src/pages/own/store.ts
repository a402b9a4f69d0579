import type { APIRoute } from "astro";
import { health } from "../../sessions.ts";

export const GET: APIRoute = ({ url }) => {
  health.isDown = url.search === "?down";
  return new Response(url.search);
};

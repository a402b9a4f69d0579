import type { Context, MiddlewareHandler } from "hono";
import { byMethod, type MethodSession } from "../variants/access.ts";
import { serve } from "../variants/hono/app.ts";
import type { Start } from "../variants/variant.ts";
import { load } from "./load.ts";

interface HonoSessions {
  readonly sessionMiddleware: (options: object) => MiddlewareHandler;
  readonly MemoryStore: new () => object;
}

const access = byMethod((c: Context) => (c as Context<{ Variables: { session: MethodSession } }>).get("session"));

/** With the options of its documentation, which recommends a key for stores too: it encrypts the id in the cookie. */
export const start: Start = async (size) => {
  const { sessionMiddleware, MemoryStore } = await load<HonoSessions>("hono-sessions");
  const session = sessionMiddleware({
    store: new MemoryStore(),
    encryptionKey: "a password for this benchmark only",
    expireAfterSeconds: 900,
    cookieOptions: { sameSite: "Lax", path: "/", httpOnly: true },
  });
  return serve(size, access, (app) => app.use("*", session));
};

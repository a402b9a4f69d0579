import type { Config } from "./config.ts";
import { Cookie, type CookieOptions } from "./cookie.ts";
import { setOrigin } from "./origin.ts";
import { isSecure } from "./request-facts.ts";
import { Session } from "./session.ts";
import { trackerOf } from "./tracker.ts";
import type { SessionRequest } from "./types.ts";

/** Gives a request a new session, by the options of the middleware that it went through. */
export function generate(req: SessionRequest, fallback: Config): void {
  const config = trackerOf(req)?.config ?? fallback;
  req.sessionID = config.genid(req);
  const cookie = new Cookie(resolved(req, config));
  const session = new Session(req, { cookie });
  const from = config.store.begin?.(req.sessionID);
  if (from !== undefined) setOrigin(session, from);
  req.session = session;
}

function resolved(req: SessionRequest, { cookie, proxy }: Config): CookieOptions {
  const options = typeof cookie === "function" ? cookie(req) : cookie;
  if (options?.secure !== "auto" && options?.sameSite !== "auto") return options;
  const isHttps = isSecure(req, proxy);
  return {
    ...options,
    secure: options.secure === "auto" ? isHttps : options.secure,
    sameSite: options.sameSite === "auto" ? (isHttps ? "none" : "lax") : options.sameSite,
  };
}

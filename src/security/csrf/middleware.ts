import type { Csrf } from "./csrf.ts";
import type { CarriedRequest } from "./head.ts";

/** Middleware of Express, Connect and what is built like them. */
export type CsrfMiddleware = (req: CarriedRequest, res: unknown, next: (error?: unknown) => void) => void;

/**
 * Returns middleware for Express and what is built like it. It reads the token from the header `X-CSRF-Token` or from
 * the field `_csrf` of a parsed body: mount it behind the session and the body parsers. What it refuses goes to the
 * application's error handlers.
 *
 * @example
 * app.use(session(sessions), express.urlencoded(), csrfMiddleware(csrf(sessions)));
 */
export function csrfMiddleware(protection: Csrf): CsrfMiddleware {
  return (req, _res, next) => {
    try {
      const { body } = req as { body?: unknown };
      protection.check(req, (Object(body) as { _csrf?: unknown })._csrf);
    } catch (error) {
      next(error);
      return;
    }
    next();
  };
}

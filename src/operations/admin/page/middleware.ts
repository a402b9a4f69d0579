import type { Session } from "../../../types/session.ts";
import type { SessionManager } from "../../../types/sessions.ts";
import type { PageRequest } from "./request.ts";

/**
 * Answers requests by a page. Never throws for what a client sends; what the store throws goes to the application's error
 * handling.
 */
export type PageHandler<Data extends object, Request extends PageRequest = PageRequest> = (
  request: Request,
  session: Session<Data>,
) => Promise<Response>;

/** What is used of a response of Node. */
export interface PageResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}

/** Middleware of Express, Connect and what is built like them, and a handler for `listener()` of `coatcheck/node`. */
export type PageMiddleware<Request extends PageRequest = PageRequest> = (
  req: Request,
  res: PageResponse,
  next?: unknown,
) => Promise<void>;

/**
 * Returns a page as middleware for Express and what is built like it, and for servers of Node. Mount it behind the session.
 * If `next` is a function, errors go there, and so does a request that the page answers by 404, so that the application
 * sends its own 404.
 *
 * @example
 * app.all("/account/devices", pageMiddleware(sessions, devicesHandler(sessions)));
 */
export function pageMiddleware<Data extends object, Request extends PageRequest = PageRequest>(
  sessions: SessionManager<Data>,
  page: PageHandler<Data, Request>,
): PageMiddleware<Request> {
  return async (req, res, next) => {
    try {
      const response = await page(req, sessions.get(req));
      if (response.status === 404 && typeof next === "function") {
        next();
        return;
      }
      const body = await response.text();
      res.statusCode = response.status;
      for (const [name, value] of response.headers) res.setHeader(name, value);
      res.end(body);
    } catch (error) {
      if (typeof next !== "function") throw error;
      next(error);
    }
  };
}

import { createRequire } from "node:module";
import session, { type ExpressSession, type Session, type SessionOptions } from "coatcheck/express-session";
import express, { type ErrorRequestHandler, type NextFunction, type Request, type Response } from "express";
import { type Answer, type AskOptions, ask, type Served, serve } from "../adapters/node.ts";

/** Without its types, which change those of every request of Express. It has the same interface. */
export const original: ExpressSession = createRequire(import.meta.url)("express-session");

export const makers = { ours: session, original } as const;
export type Maker = keyof typeof makers;

/** A session with the data of the tests. */
export type Bag = Session & { views?: number; user?: { name: string; cookie?: number } };
type Visit = Omit<Request, "session"> & { session: Bag; sessionID: string };
export type Handler = (req: Visit, res: Response, next: NextFunction) => unknown;

export interface App extends Served {
  /** What arrived at the application's error handler. */
  readonly errors: unknown[];
}

/** An application of Express on the session middleware. */
export async function start(maker: Maker, options: SessionOptions, ...handlers: Handler[]): Promise<App> {
  const errors: unknown[] = [];
  const app = express();
  app.use(makers[maker]({ secret: "keyboard cat", ...options }) as never, ...(handlers as never[]));
  const onError: ErrorRequestHandler = (error, _req, res, _next) => {
    errors.push(error);
    if (!res.headersSent) res.status(500).end("failed");
  };
  app.use(onError);
  return { ...(await serve(app)), errors };
}

/** A client with a cookie jar. */
export class Client {
  readonly jar: Map<string, string> = new Map();

  async get({ url }: { readonly url: string }, path = "/", options: AskOptions = {}): Promise<Answer> {
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await ask(url + path, { ...options, headers: { ...(cookie && { cookie }), ...options.headers } });
    for (const line of cookiesOf(answer)) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/; Max-Age=0(;|$)/.test(line)) this.jar.delete(name);
      else this.jar.set(name, value);
    }
    return answer;
  }
}

export const cookiesOf = ({ headers }: Answer): readonly string[] => headers["set-cookie"] ?? [];

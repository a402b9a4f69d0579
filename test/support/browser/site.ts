import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { createSessions, type Session, type SessionError, type Sessions, type SessionsOptions } from "coatcheck";
import { listener } from "coatcheck/node";
import { memoryStore } from "coatcheck/stores/memory";
import { onTestFinished } from "vitest";
import { type Protocol, serve } from "../adapters/node.ts";

export interface Visit {
  views: number;
  clicks: number;
}

export interface Site {
  readonly port: number;
  readonly sessions: Sessions<Visit>;
  /** What visitors asked for, and whether the browser sent the session along. */
  readonly log: { readonly path: string; readonly method: string; readonly isKnown: boolean }[];
  /** What its visitors were not told. */
  readonly failures: readonly unknown[];
  /** Its pages under another name for this very machine. */
  at(host: string, path?: string): string;
}

type Handler = (req: IncomingMessage, res: ServerResponse, session: Session<Visit>) => Promise<void>;

const page = (title: string, body = ""): string =>
  `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>${title}</title><p id="seen">${title}</p>${body}`;

/** A small site with a session: `/` counts views, `/login`, `/logout`, `/click` act, `/state` tells. */
export async function openSite(
  options: Omit<SessionsOptions<Visit>, "store"> = {},
  protocol: Protocol = "https",
): Promise<Site> {
  const sessions = createSessions<Visit>({ store: memoryStore(), observer: () => undefined, ...options });
  const log: { path: string; method: string; isKnown: boolean }[] = [];
  const failures: unknown[] = [];
  const handler: Handler = async (req, res, session) => {
    const { pathname } = new URL(req.url ?? "/", "http://localhost");
    log.push({ path: pathname, method: req.method ?? "", isKnown: !session.isNew });
    await text(req);
    res.setHeader("content-type", "text/html");
    if (pathname === "/login") session.login("ada");
    if (pathname === "/remember") session.remember(true);
    if (pathname === "/logout") await session.destroy();
    else if (pathname === "/click") await session.update("clicks", (clicks = 0) => clicks + 1);
    else if (pathname !== "/state") session.set("views", (session.get("views") ?? 0) + 1);
    res.end(page(`${session.userId ?? "nobody"} ${session.get("views") ?? 0} ${session.get("clicks") ?? 0}`));
  };
  const handle = listener(sessions, handler, {
    onError: (error, _req, res) => {
      failures.push(error);
      res.writeHead((error as SessionError).status ?? 500).end("failed");
    },
  });
  const { server, close } = await serve(handle, protocol);
  onTestFinished(async () => {
    await close();
    await sessions.close();
  });
  const { port } = server.address() as { port: number };
  const scheme = protocol === "http" ? "http" : "https";
  return { port, sessions, log, failures, at: (host, path = "/") => `${scheme}://${host}:${port}${path}` };
}

/** A page of somebody else, with whatever headers they like. */
export async function openOther(body: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const { server, close } = await serve((_req, res) => {
    res.writeHead(200, { "content-type": "text/html", ...headers });
    res.end(page("other", body));
  }, "https");
  onTestFinished(close);
  return (server.address() as { port: number }).port;
}

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { listener } from "../../adapters/node/index.ts";
import { createSessions } from "../../create-sessions.ts";
import { generateKey } from "../../crypto/key.ts";
import { adminHandler, pageMiddleware } from "../../operations/admin/index.ts";
import { memoryStore } from "../../stores/memory/index.ts";
import type { Sessions } from "../../types/sessions.ts";

interface Settings {
  readonly sessions: Sessions<Record<string, unknown>>;
  readonly count: () => Promise<number>;
  /** Keys of the data whose values are shown. */
  readonly keys: readonly string[];
  readonly port: number;
}

/** A running page. Who opens the address first is the operator; the address opens it once. */
export interface AdminPage {
  readonly address: string;
  close(): Promise<void>;
}

interface Operator {
  isOperator: boolean;
}

/**
 * Serves the page for operators on loopback, for the browser that opens its address. Other users of this machine can reach
 * the port, so the address has a key, which becomes a session in this process. They can listen on other ports, too, which
 * a browser sends cookies of the same host: the session's cookie belongs to a path that nobody else knows.
 *
 * @throws the server's error, such as EADDRINUSE
 */
export async function serveAdmin({ sessions, count, keys, port }: Settings): Promise<AdminPage> {
  const path = `/${generateKey()}/`;
  const operators = createSessions<Operator>({ name: "coatcheck-admin", store: memoryStore(), cookie: { path } });
  const authorize = (req: IncomingMessage) => operators.get(req).get("isOperator") === true;
  const page = pageMiddleware(operators, adminHandler(sessions, { authorize, keys, tool: { count } }));
  let key: string | undefined = generateKey();
  let hosts: readonly string[] = [];
  const server = createServer(
    listener(operators, async (req, res, session) => {
      // A page of another site may have made its own name lead here (DNS rebinding).
      if (!hosts.includes(req.headers.host ?? "")) return refuse(res, 421, "This is not the address of the page.");
      const [asked, query] = (req.url ?? "").split("?", 2);
      if (asked !== path) return refuse(res, 404, "There is nothing here.");
      const given = new URLSearchParams(query).get("key");
      if (given === null) return page(req, res);
      // Programs that look at links ask by HEAD.
      if (req.method !== "GET") return refuse(res, 405, "Open this address in a browser.");
      if (given !== key)
        return refuse(res, 403, "This address was opened before, or is another one. Start the command again.");
      key = undefined;
      session.set("isOperator", true);
      res.writeHead(303, { Location: path, "Cache-Control": "no-store" }).end();
    }),
  );
  const unanswered = new Set<ServerResponse>();
  server.on("request", (_, res) => {
    unanswered.add(res);
    res.once("close", () => unanswered.delete(res));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  const { port: listening } = server.address() as AddressInfo;
  // The first is not "localhost", which browsers look for on [::1] first, where somebody else may listen.
  hosts = [`127.0.0.1:${listening}`, `localhost:${listening}`];
  return {
    address: `http://${hosts[0]}${path}?key=${key}`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      // What an operator has asked for is done first.
      await Promise.all([...unanswered].map((res) => new Promise((resolve) => res.once("close", resolve))));
      server.closeAllConnections();
      await closed;
      await operators.close();
    },
  };
}

function refuse(res: ServerResponse, status: number, why: string): void {
  res.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" }).end(`${why}\n`);
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { listener } from "../../adapters/node/index.ts";
import { createSessions } from "../../create-sessions.ts";
import { generateKey } from "../../crypto/key.ts";
import { adminHandler, pageMiddleware } from "../../operations/admin/index.ts";
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
 * the port, so the address has a key, which becomes a session in this process.
 *
 * @throws the server's error, such as EADDRINUSE
 */
export async function serveAdmin({ sessions, count, keys, port }: Settings): Promise<AdminPage> {
  const operators = createSessions<Operator>({ name: "coatcheck-admin" });
  const authorize = (req: IncomingMessage) => operators.get(req).get("isOperator") === true;
  const page = pageMiddleware(operators, adminHandler(sessions, { authorize, keys, tool: { count } }));
  let key: string | undefined = generateKey();
  const server = createServer(
    listener(operators, async (req, res, session) => {
      const { pathname, searchParams } = new URL(req.url ?? "/", "http://localhost");
      // A page of another site may have made its own name lead here (DNS rebinding).
      if (!namesOf(server).includes(req.headers.host ?? ""))
        return refuse(res, 421, "This is not the address of the page.");
      if (pathname !== "/") return refuse(res, 404, "There is nothing here.");
      const given = searchParams.get("key");
      if (given === null) return page(req, res);
      if (given !== key)
        return refuse(res, 403, "This address was opened before, or is another one. Start the command again.");
      key = undefined;
      session.set("isOperator", true);
      res.writeHead(303, { Location: "/" }).end();
    }),
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  return {
    address: `http://${namesOf(server)[0]}/?key=${key}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await operators.close();
    },
  };
}

function namesOf(server: Server): string[] {
  const { port } = server.address() as AddressInfo;
  return [`localhost:${port}`, `127.0.0.1:${port}`];
}

function refuse(res: ServerResponse, status: number, why: string): void {
  res.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" }).end(`${why}\n`);
}

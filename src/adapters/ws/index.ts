import type { Sessions } from "../../types/sessions.ts";
import { isEncrypted, NodeRequestHead } from "../node/request.ts";
import type { HttpRequest } from "../node/types.ts";
import { refusalAnswer } from "../shared/sockets/refusal.ts";
import { admission, type SocketOptions, type SocketSession } from "../shared/sockets/sockets.ts";

export type { SessionEnd, SocketOptions, SocketSession } from "../shared/sockets/sockets.ts";

/** What is used of a `WebSocketServer` of ws, made with `noServer: true`. */
export interface Upgrader<Socket> {
  handleUpgrade(request: HttpRequest, connection: never, head: never, done: (socket: Socket) => void): void;
}

/** What is used of a `WebSocket` of ws. */
export interface SocketLike {
  close(code: number, reason: string): void;
  once(event: "close", listener: () => void): unknown;
}

/** The network connection, as the event "upgrade" of a server of `node:http` gives it. */
interface Connection {
  on(event: "error", listener: () => void): unknown;
  off(event: "error", listener: () => void): unknown;
  end(text: string, done: () => void): unknown;
  destroy(): unknown;
}

/** The code that a socket is closed with when its session ends; the reason is a `SessionEnd`. */
export const closeCode = 4401;

/**
 * Sessions for WebSockets of ws 8: `server.on("upgrade", upgrade(sessions, wss, (socket, session) => { … }))`.
 *
 * Who has no session (401), or comes from a page of another origin (403), is answered by HTTP, before there is a
 * WebSocket. When a session ends, its sockets are closed with the code 4401 and a `SessionEnd` as the reason.
 */
export function upgrade<Data extends object, Socket extends SocketLike>(
  sessions: Sessions<Data>,
  server: Upgrader<Socket>,
  connected: (socket: Socket, session: SocketSession<Data>, request: HttpRequest) => void,
  options: SocketOptions<Data> = {},
): (request: HttpRequest, connection: Connection, head: Uint8Array) => Promise<void> {
  const admit = admission(sessions, options);
  return async (request, connection, head) => {
    // Without a listener the end of this connection would end the process.
    const fail = (): void => void connection.destroy();
    connection.on("error", fail);
    const admitted = await admit(new NodeRequestHead(request, isEncrypted(request))).catch((error: unknown) => {
      refuse(connection, error);
    });
    if (!admitted) return;
    connection.off("error", fail);
    server.handleUpgrade(request, connection as never, head as never, (socket) => {
      const stop = admitted.watch((end) => socket.close(closeCode, end));
      socket.once("close", stop);
      connected(socket, admitted.session, request);
    });
  };
}

function refuse(connection: Connection, error: unknown): void {
  const { status, message } = refusalAnswer(error);
  const lines = [
    `HTTP/1.1 ${status} `,
    "Connection: close",
    "Cache-Control: no-store",
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${message.length + 1}`,
    "",
    `${message}\n`,
  ];
  connection.end(lines.join("\r\n"), () => connection.destroy());
}

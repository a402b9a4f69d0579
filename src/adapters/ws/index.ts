import type { Sessions } from "../../types/sessions.ts";
import { isEncrypted, NodeRequestHead } from "../node/request.ts";
import type { HttpRequest } from "../node/types.ts";
import { checkMount } from "../shared/mount-options.ts";
import { refusalResponse } from "../shared/sockets/refusal.ts";
import { admission, type SocketOptions, type SocketSession, socketKeys } from "../shared/sockets/sockets.ts";

export type { SessionEnd, SocketOptions, SocketSession } from "../shared/sockets/sockets.ts";

/** The used part of a ws `WebSocketServer` created with `noServer: true`. */
export interface Upgrader<Socket> {
  handleUpgrade(request: HttpRequest, connection: never, head: never, done: (socket: Socket) => void): void;
}

/** The used part of a ws `WebSocket`. */
export interface SocketLike {
  close(code: number, reason: string): void;
  once(event: "close", listener: () => void): unknown;
}

/** The network connection, as passed to the event "upgrade" of a `node:http` server. */
interface Connection {
  on(event: "error", listener: () => void): unknown;
  off(event: "error", listener: () => void): unknown;
  end(text: string, done: () => void): unknown;
  destroy(): unknown;
}

/** The close code of a socket whose session has ended. The reason is a `SessionEnd`. */
export const closeCode = 4401;

/**
 * Returns an upgrade listener for ws 8: `server.on("upgrade", upgrade(sessions, wss, (socket, session) => { … }))`.
 *
 * A client without a session (401), or a page of another origin (403), gets an HTTP response instead of a WebSocket.
 * When a session ends, its sockets are closed with the code 4401 and a `SessionEnd` as the reason.
 */
export function upgrade<Data extends object, Socket extends SocketLike>(
  sessions: Sessions<Data>,
  server: Upgrader<Socket>,
  connected: (socket: Socket, session: SocketSession<Data>, request: HttpRequest) => void,
  options: SocketOptions<Data> = {},
): (request: HttpRequest, connection: Connection, head: Uint8Array) => Promise<void> {
  checkMount(sessions, options, socketKeys, "upgrade()");
  const admit = admission(sessions, options);
  return async (request, connection, head) => {
    // Without a listener, an error of this connection would crash the process.
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
  const { status, message } = refusalResponse(error);
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

import type { Server as HttpServer } from "node:http";
import { SessionError } from "coatcheck";
import { type SocketSession, session } from "coatcheck/socket-io";
import { type DefaultEventsMap, Server } from "socket.io";
import { sessions, type Visit } from "./sessions.ts";

interface FromBrowser {
  apple(): void;
}
interface ToBrowser {
  apples(count: number): void;
}
interface SocketData {
  session: SocketSession<Visit>;
}

/** Messages work on the session as it is now; when it ends, its sockets are told and disconnected. */
export function openSockets(server: HttpServer): { close(): Promise<void> } {
  const io = new Server<FromBrowser, ToBrowser, DefaultEventsMap, SocketData>(server, { maxHttpBufferSize: 1024 });
  io.use(session(sessions));
  io.on("connection", (socket) => {
    const { session } = socket.data;
    // All tabs of one session.
    socket.join(session.id);
    socket.on("apple", async () => {
      try {
        const apples = await session.edit((now) => now.update("apples", (count = 0) => count + 1));
        io.to(session.id).emit("apples", apples);
      } catch (error) {
        // A session that has ended disconnects its sockets by itself.
        if (!(error instanceof SessionError && error.code === "SESSION_GONE")) console.error(error);
      }
    });
  });
  return io;
}

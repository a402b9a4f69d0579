import { SessionError } from "coatcheck";
import { upgrade } from "coatcheck/ws";
import { WebSocket, WebSocketServer } from "ws";
import { sessions } from "./sessions.ts";

export const server = new WebSocketServer({ noServer: true, maxPayload: 1024 });

/** The tabs of each session. */
const tabs = new Map<string, Set<WebSocket>>();

/** Messages work on the session as it is now; when it ends, its sockets are closed with 4401. */
export const accept = upgrade(sessions, server, (socket, session) => {
  const own = tabs.get(session.id) ?? new Set();
  tabs.set(session.id, own.add(socket));
  socket.on("close", () => {
    if (own.delete(socket) && own.size === 0) tabs.delete(session.id);
  });
  socket.on("error", console.error);
  socket.on("message", async () => {
    try {
      const apples = await session.edit((now) => now.update("apples", (count = 0) => count + 1));
      for (const tab of own) if (tab.readyState === WebSocket.OPEN) tab.send(`${apples}`);
    } catch (error) {
      // A session that has ended closes its sockets by itself.
      if (!(error instanceof SessionError && error.code === "SESSION_GONE")) console.error(error);
    }
  });
});

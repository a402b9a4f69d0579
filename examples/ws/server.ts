import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { listener } from "coatcheck/node";
import { page } from "./page.ts";
import { sessions } from "./sessions.ts";
import { accept, server as sockets } from "./sockets.ts";

const server = createServer(
  listener(sessions, async (req, res, session) => {
    const seeOther = (): void => void res.writeHead(303, { location: "/" }).end();
    switch (`${req.method} ${req.url}`) {
      case "GET /": {
        // Sockets are for those who have a session, so every visitor gets one.
        const apples = await session.update("apples", (count = 0) => count);
        res.setHeader("content-type", "text/html; charset=utf-8").end(page(apples, session.userId));
        break;
      }
      case "POST /sign-in": {
        // A real application asks for more than a name, and reads no more than it needs.
        const name = new URLSearchParams(await text(req)).get("name");
        if (name) session.login(name.slice(0, 60));
        seeOther();
        break;
      }
      case "POST /sign-out":
        await session.destroy();
        seeOther();
        break;
      default:
        res.writeHead(404).end();
    }
  }),
);
server.on("upgrade", accept);

const port = Number(process.env.PORT ?? 3000);
server.listen(port, () => console.log(`http://localhost:${port}`));

process.once("SIGINT", () => {
  for (const socket of sockets.clients) socket.terminate();
  server.close(() => sessions.close().then(() => process.exit()));
  server.closeAllConnections();
});

import { createServer } from "node:http";
import { app } from "./app.ts";
import { sessions } from "./sessions.ts";
import { openSockets } from "./sockets.ts";

const server = createServer(app);
const io = openSockets(server);

const port = Number(process.env.PORT ?? 3000);
server.listen(port, () => console.log(`http://localhost:${port}`));

process.once("SIGINT", async () => {
  server.closeAllConnections();
  await io.close();
  await sessions.close();
  process.exit();
});

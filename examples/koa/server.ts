import { app } from "./app.ts";
import { sessions } from "./sessions.ts";

const port = Number(process.env.PORT ?? 3000);

const server = app.listen(port, () => console.log(`http://localhost:${port}`));

process.once("SIGINT", async () => {
  server.close();
  server.closeAllConnections();
  await sessions.close();
});

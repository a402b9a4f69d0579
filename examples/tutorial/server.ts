import { app } from "./app.ts";
import { sessions } from "./sessions.ts";

const port = Number(process.env.PORT ?? 3000);
const server = app.listen(port, (error) => {
  if (error) throw error;
  console.log(`http://localhost:${port}`);
});

function stop(): void {
  server.close(() => sessions.close()); // first the server: a request that still runs needs its session
  setTimeout(() => server.closeAllConnections(), 5_000).unref(); // browsers keep connections open that they do not use
}
process.once("SIGTERM", stop);
process.once("SIGINT", stop);

import { createHTTPServer } from "@trpc/server/adapters/standalone";
import { session } from "coatcheck/trpc-node";
import { createContext, router } from "./router.ts";
import { sessions } from "./sessions.ts";

const port = Number(process.env.PORT ?? 3000);

const server = createHTTPServer({
  router,
  createContext,
  middleware: session(sessions),
  // Clients are told no reasons; here they are.
  onError: ({ error, path }) => console.error(path, error.cause ?? error.message),
});

server.listen(port, () => console.log(`http://localhost:${port}`));

process.once("SIGINT", async () => {
  server.close();
  server.closeAllConnections();
  await sessions.close();
});

import { createServer } from "node:http";
import { session } from "coatcheck/graphql-yoga";
import { createYoga } from "graphql-yoga";
import { schema } from "./schema.ts";
import { sessions } from "./sessions.ts";

const port = Number(process.env.PORT ?? 3000);

const yoga = createYoga({ schema, plugins: [session(sessions)], batching: true });

const server = createServer(yoga);

server.listen(port, () => console.log(`http://localhost:${port}/graphql`));

process.once("SIGINT", async () => {
  server.close();
  server.closeAllConnections();
  await sessions.close();
});

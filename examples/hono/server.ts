import { serve } from "@hono/node-server";
import { app } from "./app.ts";
import { sessions } from "./sessions.ts";

const port = Number(process.env.PORT ?? 3000);

serve({ fetch: app.fetch, port }, () => console.log(`http://localhost:${port}`));

process.once("SIGINT", async () => {
  await sessions.close();
  process.exit();
});

import { serve } from "h3";
import { app } from "./app.ts";
import { sessions } from "./sessions.ts";

const port = Number(process.env.PORT ?? 3000);

await serve(app, { port, silent: true, gracefulShutdown: false }).ready();
console.log(`http://localhost:${port}`);

process.once("SIGINT", async () => {
  await sessions.close();
  process.exit();
});

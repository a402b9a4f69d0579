import { app } from "./app.ts";
import { sessions } from "./sessions.ts";

app.listen({ port: Number(process.env.PORT ?? 3000), hostname: "localhost" });
console.log(`http://localhost:${app.server?.port}`);

process.once("SIGINT", async () => {
  await app.stop();
  await sessions.close();
  process.exit();
});

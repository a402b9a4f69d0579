import { app } from "./app.ts";

console.log(await app.listen({ port: Number(process.env.PORT ?? 3000), host: process.env.HOST ?? "localhost" }));

process.once("SIGINT", async () => {
  await app.close();
  process.exit();
});

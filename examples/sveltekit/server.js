import { createServer } from "node:http";

const port = process.env.PORT ?? 3000;
// The address that visitors see. SvelteKit refuses forms from elsewhere, and takes https for granted without it.
process.env.ORIGIN ??= `http://localhost:${port}`;
const { handler } = await import("./build/handler.js");

createServer(handler).listen(port, () => console.log(process.env.ORIGIN));
process.once("SIGINT", () => process.exit());

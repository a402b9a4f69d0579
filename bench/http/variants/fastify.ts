import { fastify } from "fastify";
import { run, text } from "./_fastify.ts";
import type { Start } from "./variant.ts";

export const start: Start = () => {
  const app = fastify();
  for (const route of ["/fill", "/plain", "/read", "/write"]) {
    app.get(route, (_request, reply) => {
      reply.type(text).send("ok");
    });
  }
  return run(app);
};

import { randomBytes } from "node:crypto";
import secureSession from "@fastify/secure-session";
import { fastify } from "fastify";
import { type BenchData, sessionData } from "../../data.ts";
import { plainRoute, run, text } from "./_fastify.ts";
import { type Start, views } from "./variant.ts";

declare module "@fastify/secure-session" {
  interface SessionData extends BenchData {}
}

export const start: Start = async (size) => {
  const app = fastify();
  await app.register(secureSession, { key: randomBytes(32), cookie: { path: "/" } });
  app.get<{ Querystring: { visitor: string } }>("/fill", (request, reply) => {
    const data = sessionData(size, Number(request.query.visitor));
    for (const key of Object.keys(data) as (keyof BenchData)[]) request.session.set(key, data[key] as never);
    reply.type(text).send("ok");
  });
  plainRoute(app);
  app.get("/read", (request, reply) => {
    reply.type(text).send(views(request.session.get("views")));
  });
  app.get("/write", (request, reply) => {
    const count = (request.session.get("views") ?? 0) + 1;
    request.session.set("views", count);
    reply.type(text).send(views(count));
  });
  return run(app);
};

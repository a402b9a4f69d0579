import { type FastifyPluginAsync, type FastifyRequest, fastify } from "fastify";
import { sessionData } from "../../data.ts";
import { plainRoute, run, text } from "../variants/_fastify.ts";
import { type Start, views } from "../variants/variant.ts";

/** These packages are installed for the benchmark only, so nothing else may need their types. */
const load = async (name: string): Promise<FastifyPluginAsync<Record<string, unknown>>> => (await import(name)).default;

interface FastifySession {
  get(key: "views"): number | undefined;
  set(key: string, value: unknown): void;
}

const sessionOf = (request: FastifyRequest): FastifySession =>
  (request as unknown as { session: FastifySession }).session;

export const start: Start = async (size) => {
  const app = fastify();
  await app.register(await load("@fastify/cookie"), {});
  await app.register(await load("@fastify/session"), {
    secret: "a secret for this benchmark only",
    saveUninitialized: false,
    cookie: { secure: false },
  });
  app.get<{ Querystring: { visitor: string } }>("/fill", (request, reply) => {
    const session = sessionOf(request);
    const data = sessionData(size, Number(request.query.visitor));
    for (const [key, value] of Object.entries(data)) session.set(key, value);
    reply.type(text).send("ok");
  });
  plainRoute(app);
  app.get("/read", (request, reply) => {
    reply.type(text).send(views(sessionOf(request).get("views")));
  });
  app.get("/write", (request, reply) => {
    const session = sessionOf(request);
    const count = (session.get("views") ?? 0) + 1;
    session.set("views", count);
    reply.type(text).send(views(count));
  });
  return run(app);
};

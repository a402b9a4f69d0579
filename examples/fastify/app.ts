import formbody from "@fastify/formbody";
import { SessionError } from "coatcheck";
import { session } from "coatcheck/fastify";
import fastify, { type FastifyError } from "fastify";
import { page } from "./page.ts";
import { sessions } from "./sessions.ts";

declare module "coatcheck/fastify" {
  interface Mounts {
    session: typeof sessions;
  }
}

export const app = fastify({ logger: { level: "warn" }, forceCloseConnections: true });

app.register(formbody);
app.register(session(sessions));

app.get("/", async ({ session }, reply) => {
  const views = (session.get("views") ?? 0) + 1;
  session.set("views", views);
  const messages = await session.flashes<string>();
  return reply
    .type("text/html; charset=utf-8")
    .send(page({ views, apples: session.get("apples") ?? 0, user: session.userId, messages }));
});

app.post("/apples", async ({ session }, reply) => {
  await session.update("apples", (apples = 0) => apples + 1);
  return reply.redirect("/", 303);
});

const signIn = {
  body: { type: "object", required: ["name"], properties: { name: { type: "string", minLength: 1, maxLength: 60 } } },
} as const;

app.post<{ Body: { name: string } }>("/sign-in", { schema: signIn }, async ({ session, body }, reply) => {
  // A real application asks for more than a name.
  session.login(body.name);
  session.flash(`Welcome, ${body.name}.`);
  return reply.redirect("/", 303);
});

app.post("/sign-out", async ({ session }, reply) => {
  await session.destroy();
  return reply.redirect("/", 303);
});

app.setErrorHandler<FastifyError | SessionError>((error, request, reply) => {
  const status = (error instanceof SessionError ? error.status : error.statusCode) ?? 500;
  if (status >= 500) request.log.error(error);
  return reply
    .code(status)
    .type("text/plain")
    .send(status < 500 ? error.message : "Please try again.");
});

app.addHook("onClose", () => sessions.close());

import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import { byMethod, type MethodSession } from "../variants/access.ts";
import { serve } from "../variants/fastify/app.ts";
import type { Start } from "../variants/variant.ts";
import { load } from "./load.ts";

interface Plugin {
  readonly default: FastifyPluginAsync<Record<string, unknown>>;
}

const access = byMethod((request: FastifyRequest) => (request as unknown as { session: MethodSession }).session);

export const start: Start = async (size) => {
  const [cookie, session] = [await load<Plugin>("@fastify/cookie"), await load<Plugin>("@fastify/session")];
  return serve(size, access, async (app) => {
    await app.register(cookie.default, {});
    await app.register(session.default, {
      secret: "a secret for this benchmark only",
      saveUninitialized: false,
      cookie: { secure: false },
    });
  });
};

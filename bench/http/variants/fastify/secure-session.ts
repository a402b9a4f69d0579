import { randomBytes } from "node:crypto";
import secureSession from "@fastify/secure-session";
import type { FastifyRequest } from "fastify";
import { byMethod, type MethodSession } from "../access.ts";
import type { Start } from "../variant.ts";
import { serve } from "./app.ts";

export const start: Start = (size) => {
  const access = byMethod((request: FastifyRequest) => request.session as unknown as MethodSession);
  return serve(size, access, (app) => app.register(secureSession, { key: randomBytes(32), cookie: { path: "/" } }));
};

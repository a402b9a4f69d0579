import { FastifyAdapter } from "@nestjs/platform-fastify";
import { nestEntry } from "./_entry.ts";

export const entry = nestEntry(() => new FastifyAdapter());

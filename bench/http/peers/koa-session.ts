import type Koa from "koa";
import type { Context, Middleware } from "koa";
import type { BenchData } from "../../data.ts";
import { byProperty } from "../variants/access.ts";
import { serve } from "../variants/koa/app.ts";
import type { Start } from "../variants/variant.ts";
import { load } from "./load.ts";

interface KoaSession {
  readonly default: (options: object, app: Koa) => Middleware;
}

/** It brings no store for memory. This one is what its documentation asks for, and keeps text, as express-session's does. */
function memoryStore(): object {
  const texts = new Map<string, string>();
  return {
    async get(key: string) {
      const text = texts.get(key);
      return text === undefined ? undefined : JSON.parse(text);
    },
    async set(key: string, session: object) {
      texts.set(key, JSON.stringify(session));
    },
    async destroy(key: string) {
      texts.delete(key);
    },
  };
}

const access = byProperty((ctx: Context) => (ctx as unknown as { session: Partial<BenchData> }).session);

/** Signed, not encrypted, where it keeps the session in the cookie. */
export const start: Start = async (size, kept) => {
  const { default: session } = await load<KoaSession>("koa-session");
  return serve(size, access, (app) => {
    app.keys = ["a secret for this benchmark only"];
    app.use(session(kept === "memory" ? { store: memoryStore() } : {}, app));
  });
};

import { randomBytes } from "node:crypto";
import { invalidOption } from "../../types/errors.ts";
import type { Config, SessionOptions } from "./config.ts";
import { MemoryStore } from "./memory-store.ts";
import type { Secret } from "./signature.ts";

/** @throws SessionError INVALID_OPTION */
export function configOf(options: SessionOptions): Config {
  const { secret, name, key, store, cookie = {}, genid = randomId, unset = "keep", proxy } = options;
  if (typeof genid !== "function")
    throw invalidOption("genid must be a function that returns the id of a new session.");
  if (unset !== "keep" && unset !== "destroy") throw invalidOption('unset must be "keep" or "destroy".');
  if (Array.isArray(secret) && secret.length === 0) {
    throw invalidOption("The secret option array is empty. Give at least one secret: the first signs, all verify.");
  }
  return {
    secrets: secret ? ([secret].flat() as readonly Secret[]) : undefined,
    name: name || key || "connect.sid",
    store: store ?? new MemoryStore(),
    cookie,
    genid,
    resave: options.resave ?? true,
    saveUninitialized: options.saveUninitialized ?? true,
    rolling: Boolean(options.rolling),
    proxy: proxy === undefined || proxy === null ? undefined : Boolean(proxy),
    unset,
    failClosed: Boolean(options.failClosed),
  };
}

const randomId = (): string => randomBytes(24).toString("base64url");

import type { SessionPolicy } from "../../types/sessions.ts";
import type { Transport } from "../../types/transport.ts";
import type { Config } from "./config.ts";

/** Returns the effective limits and cookie attributes, for audits. */
export function policyOf(config: Config, store: string, transports: readonly Transport[]): SessionPolicy {
  const { name, application, namespace, limits, rotateAfter, rotationGrace, remember, storeTimeout, commitTimeout } =
    config;
  const { touchInterval, onReuse, probation, maxBytes, maxSessionsPerUser, overflow, onStoreError } = config;
  return {
    name,
    application,
    namespace,
    store,
    idleTimeout: limits.idle,
    absoluteTimeout: limits.absolute,
    touchInterval,
    rotateAfter,
    rotationGrace,
    onReuse,
    probation,
    remember,
    storeTimeout,
    commitTimeout,
    maxBytes,
    maxSessionsPerUser,
    overflow,
    onStoreError,
    cookie: cookieLine(config, transports),
  };
}

/** Returns the `Set-Cookie` line of a new session over https, without its variable parts. */
function cookieLine({ name, limits, remember }: Config, transports: readonly Transport[]): string | undefined {
  const head = { method: "GET", url: "/", encrypted: true, header: () => undefined };
  const context = { name, head, secure: true, loopback: false };
  const now = Date.now();
  const lifetime = limits.idle ?? limits.absolute ?? 0;
  const delivery = { expiresAt: remember ? now + lifetime : undefined, now, overrides: undefined };
  for (const transport of transports) {
    const edit = transport.write?.("token", delivery, context).find(({ kind }) => kind === "cookie");
    if (edit) return edit.value.replace("=token", "=…").replace(/; Expires=[^;]*/, "");
  }
  return undefined;
}

import type { SessionPolicy } from "../../types/sessions.ts";
import type { Transport } from "../../types/transport.ts";
import type { Config } from "./config.ts";

/** The limits and cookie attributes in force, as an auditor asks for them. */
export function policyOf(config: Config, store: string, transports: readonly Transport[]): SessionPolicy {
  const { name, application, namespace, limits, rotateAfter, rotationGrace, remember, storeTimeout, commitTimeout } =
    config;
  const { maxBytes, maxSessionsPerUser, overflow, onStoreError } = config;
  return {
    name,
    application,
    namespace,
    store,
    idleTimeout: limits.idle,
    absoluteTimeout: limits.absolute,
    rotateAfter,
    rotationGrace,
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

/** The `Set-Cookie` line of a new session over https, without its changing parts. */
function cookieLine({ name, limits, remember }: Config, transports: readonly Transport[]): string | undefined {
  const head = { method: "GET", url: "/", encrypted: true, header: () => undefined };
  const context = { name, head, secure: true, loopback: false };
  const now = Date.now();
  const lifetime = limits.idle ?? limits.absolute ?? 0;
  const lease = { expiresAt: remember ? now + lifetime : undefined, now, overrides: undefined };
  for (const transport of transports) {
    const edit = transport.write?.("token", lease, context).find(({ kind }) => kind === "cookie");
    if (edit) return edit.value.replace("=token", "=…").replace(/; Expires=[^;]*/, "");
  }
  return undefined;
}

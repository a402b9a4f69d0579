import type { Call } from "./abort.ts";

/**
 * Sends one command. Rejects with a `SessionError` where nothing was sent. The call's signal costs a tenth of a command, so
 * it is only looked at where a command may have to wait before it is sent.
 */
export type RedisSend = (command: readonly string[], call: Call) => Promise<unknown>;

/** How the store talks to Redis, whatever the client. */
export interface RedisLink {
  /** Sends a command whose first argument is this key, or a script about it, to the primary that has the key. */
  send(key: string, command: readonly string[], call: Call): Promise<unknown>;
  /** One for each primary, for what concerns no single key. */
  primaries(call: Call): Promise<readonly RedisSend[]>;
  /** What the client puts before every key by itself. */
  readonly keyPrefix: string;
}

/** A link that the store made itself. */
export interface OwnLink extends RedisLink {
  close(): void;
}

import type { Call } from "./abort.ts";

/**
 * Sends one command. Rejects with a `SessionError` if nothing was sent. Reading the call's signal costs a tenth of a
 * command, so clients read it only if a command may have to wait before it is sent.
 */
export type RedisSend = (command: readonly string[], call: Call) => Promise<unknown>;

/** A client with the commands that the store needs, whatever its package. */
export interface CommandClient {
  /** Sends a command or script for this key to the primary that holds the key. */
  send(key: string, command: readonly string[], call: Call): Promise<unknown>;
  /** Returns one function per primary, for commands without a key. */
  primaries(call: Call): Promise<readonly RedisSend[]>;
  /** The prefix that the client adds to every key. */
  readonly keyPrefix: string;
}

/** A client that the store opened and must close. */
export interface OwnedClient extends CommandClient {
  close(): void;
}

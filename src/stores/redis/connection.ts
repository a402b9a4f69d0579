import { type Call, throwIfAborted, waitUnlessAborted } from "./abort.ts";
import type { CommandClient, OwnedClient, RedisSend } from "./client.ts";
import { commandFailure, replyCode, unsent } from "./errors.ts";
import type { RedisScript } from "./scripts.ts";
import { createStallDetector } from "./stall-detector.ts";

/** A connection to the server: opened on first use, and again after a failure. Converts errors to those of the store. */
export interface RedisConnection {
  send(key: string, command: readonly string[], call: Call): Promise<unknown>;
  /** Runs a script in one round trip, or in two if the server does not know it yet. */
  run(script: RedisScript, key: string, values: readonly (string | number)[], call: Call): Promise<unknown>;
  /** Returns one function per primary, for commands without a key, and the prefix that the client adds to keys. */
  primaries(call: Call): Promise<{ readonly sends: readonly RedisSend[]; readonly keyPrefix: string }>;
  close(): Promise<void>;
}

/** A client, and how its errors are converted. */
interface OpenClient {
  readonly client: CommandClient;
  /** Returns whether the server stopped answering, so that only a new client can help. */
  isStalled(): boolean;
  fail(error: unknown): never;
  /** Absent for the application's client. */
  readonly close: (() => void) | undefined;
}

/**
 * @param open returns a client that is ready. A client that the store opened is closed with the connection.
 * @param onStalled called when the application's client does not answer, which only the application can mend
 */
export function createConnection(
  open: () => CommandClient | Promise<OwnedClient>,
  onStalled: () => void = () => {},
): RedisConnection {
  let opened: OpenClient | undefined;
  let opening: Promise<OpenClient> | undefined;
  let isClosed = false;

  const acquire = (client: CommandClient | OwnedClient): OpenClient => {
    const close = "close" in client ? () => client.close() : undefined;
    const stallDetector = createStallDetector();
    const acquired: OpenClient = {
      client: { ...client, send: (key, command, call) => stallDetector.watch(client.send(key, command, call)) },
      isStalled: () => stallDetector.isStalled(),
      fail(error) {
        // The primary has become a replica. A new connection to the same address is the best way to find its successor.
        if (replyCode(error) === "READONLY" && close && acquired === opened) {
          opened = undefined;
          close();
        }
        throw commandFailure(error);
      },
      close,
    };
    if (isClosed) acquired.close?.();
    else opened = acquired;
    return acquired;
  };

  /** Returns the open client. Closes a stalled one of the store's, which fails its pending commands. */
  const current = (): OpenClient | undefined => {
    if (!opened?.isStalled()) return opened;
    if (!opened.close) {
      onStalled();
      return opened;
    }
    const dead = opened;
    opened = undefined;
    dead.close?.();
    return undefined;
  };

  const openOnce = async (call: Call): Promise<OpenClient> => {
    if (isClosed) throw unsent("is closed");
    opening ??= Promise.resolve()
      .then(open)
      .then(acquire)
      .finally(() => {
        opening = undefined;
      });
    const acquired = await waitUnlessAborted(opening, call);
    if (isClosed) throw unsent("is closed");
    return acquired;
  };

  const send: RedisConnection["send"] = (key, command, call) => {
    const open = current();
    return open
      ? open.client.send(key, command, call).catch(open.fail)
      : openOnce(call).then(({ client, fail }) => client.send(key, command, call).catch(fail));
  };

  return {
    send,

    async run({ sha, text }, key, values, call) {
      const rest = ["1", key, ...values.map(String)];
      const known = sha();
      try {
        return await send(key, ["EVALSHA", typeof known === "string" ? known : await known, ...rest], call);
      } catch (error) {
        if (replyCode(error) !== "NOSCRIPT") throw error;
        throwIfAborted(call);
        return send(key, ["EVAL", text, ...rest], call);
      }
    },

    async primaries(call) {
      const { client, fail } = current() ?? (await openOnce(call));
      const sends = await client.primaries(call).catch(fail);
      return {
        sends: sends.map((send) => (command, call) => send(command, call).catch(fail)),
        keyPrefix: client.keyPrefix,
      };
    },

    async close() {
      isClosed = true;
      opened?.close?.();
      opened = undefined;
    },
  };
}

import { commandFailure, replyCode, unsent } from "./_redis-errors.ts";
import type { OwnLink, RedisLink, RedisSend } from "./_redis-link.ts";
import type { RedisScript } from "./_redis-scripts.ts";

type Signal = AbortSignal | undefined;

/** The way to the server: made on first use, and again after a failure. Its errors are the store's. */
export interface RedisConnection {
  send(key: string, command: readonly string[], signal: Signal): Promise<unknown>;
  /** One round trip, or two where the server does not know the script yet. */
  run(script: RedisScript, key: string, values: readonly (string | number)[], signal: Signal): Promise<unknown>;
  /** For what concerns no single key: one for each primary, and what the client puts before the keys that it knows. */
  primaries(signal: Signal): Promise<{ readonly sends: readonly RedisSend[]; readonly keyPrefix: string }>;
  close(): Promise<void>;
}

/** @param open gives a link that is ready to be used. One that the store made itself is closed with the connection. */
export function createConnection(open: () => RedisLink | Promise<OwnLink>): RedisConnection {
  let opened: RedisLink | OwnLink | undefined;
  let opening: Promise<RedisLink> | undefined;
  let isClosed = false;

  const openOnce = async (signal: Signal): Promise<RedisLink> => {
    if (isClosed) throw unsent("is closed");
    opening ??= Promise.resolve()
      .then(open)
      .then((link) => {
        opened = link;
        return link;
      })
      .finally(() => {
        opening = undefined;
      });
    const link = await opening;
    if (isClosed || signal?.aborted) throw unsent("got ready too late for this operation");
    return link;
  };

  const failed = (link: RedisLink, error: unknown): unknown => {
    // The primary is a replica now. Where it was is where a new connection finds its successor, if anywhere.
    if (replyCode(error) === "READONLY" && link === opened && "close" in link) {
      opened = undefined;
      (link as OwnLink).close();
    }
    return commandFailure(error);
  };

  const attempt = async <T>(signal: Signal, run: (link: RedisLink) => Promise<T>): Promise<T> => {
    const link = opened ?? (await openOnce(signal));
    try {
      return await run(link);
    } catch (error) {
      throw failed(link, error);
    }
  };

  const send: RedisConnection["send"] = (key, command, signal) =>
    attempt(signal, (link) => link.send(key, command, signal));

  return {
    send,

    async run({ sha, text }, key, values, signal) {
      const rest = ["1", key, ...values.map(String)];
      const known = sha();
      try {
        return await send(key, ["EVALSHA", typeof known === "string" ? known : await known, ...rest], signal);
      } catch (error) {
        if (replyCode(error) !== "NOSCRIPT") throw error;
        return send(key, ["EVAL", text, ...rest], signal);
      }
    },

    primaries: (signal) =>
      attempt(signal, async (link) => {
        const sends = await link.primaries();
        const guarded = sends.map<RedisSend>(
          (send) => (command, signal) => attempt(signal, () => send(command, signal)),
        );
        return { sends: guarded, keyPrefix: link.keyPrefix };
      }),

    async close() {
      if (isClosed) return;
      isClosed = true;
      await opening?.catch(() => undefined);
      const link = opened;
      opened = undefined;
      if (link && "close" in link) link.close();
    },
  };
}

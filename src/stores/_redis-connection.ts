import { commandFailure, replyCode, unsent } from "./_redis-errors.ts";
import type { OwnLink, RedisLink, RedisSend } from "./_redis-link.ts";
import type { RedisScript } from "./_redis-scripts.ts";

type Signal = AbortSignal | undefined;

/** The way to the server: made on first use, and again after a failure. Its errors are the store's. */
export interface RedisConnection {
  send(key: string, command: readonly string[], signal: Signal): Promise<unknown>;
  /** One round trip, or two where the server does not know the script yet. */
  run(script: RedisScript, key: string, values: readonly (string | number)[], signal: Signal): Promise<unknown>;
  primaries(signal: Signal): Promise<readonly RedisSend[]>;
  link(signal: Signal): Promise<RedisLink>;
  close(): Promise<void>;
}

/** @param open gives a link that is ready to be used. One that the store made itself is closed with it. */
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

  /** A replica is what a connection ends at when the primary has changed: only a new one finds the primary. */
  const failed = (link: RedisLink, error: unknown): unknown => {
    if (replyCode(error) === "READONLY" && "close" in link && link === opened) {
      opened = undefined;
      (link as OwnLink).close();
    }
    return commandFailure(error);
  };

  const send: RedisConnection["send"] = async (key, command, signal) => {
    const link = opened ?? (await openOnce(signal));
    try {
      return await link.send(key, command, signal);
    } catch (error) {
      throw failed(link, error);
    }
  };

  return {
    send,

    async run(script, key, values, signal) {
      const rest = ["1", key, ...values.map(String)];
      const sha = script.sha();
      const link = opened ?? (await openOnce(signal));
      try {
        return await link.send(key, ["EVALSHA", typeof sha === "string" ? sha : await sha, ...rest], signal);
      } catch (error) {
        if (replyCode(error) === "NOSCRIPT") return send(key, ["EVAL", script.text, ...rest], signal);
        throw failed(link, error);
      }
    },

    async primaries(signal) {
      const link = opened ?? (await openOnce(signal));
      try {
        return await link.primaries();
      } catch (error) {
        throw failed(link, error);
      }
    },

    link: async (signal) => opened ?? (await openOnce(signal)),

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

import { type Call, inTime, notLate } from "./abort.ts";
import type { OwnLink, RedisLink, RedisSend } from "./client.ts";
import { commandFailure, replyCode, unsent } from "./errors.ts";
import type { RedisScript } from "./scripts.ts";
import { listenForSilence } from "./stall-detector.ts";

/** The way to the server: made on first use, and again after a failure. Its errors are the store's. */
export interface RedisConnection {
  send(key: string, command: readonly string[], call: Call): Promise<unknown>;
  /** One round trip, or two where the server does not know the script yet. */
  run(script: RedisScript, key: string, values: readonly (string | number)[], call: Call): Promise<unknown>;
  /** For what concerns no single key: one for each primary, and what the client puts before the keys that it knows. */
  primaries(call: Call): Promise<{ readonly sends: readonly RedisSend[]; readonly keyPrefix: string }>;
  close(): Promise<void>;
}

/** A link, and what becomes of its errors. */
interface Opened {
  readonly link: RedisLink;
  /** Nobody will answer; only a new link can help. */
  isDead(): boolean;
  fail(error: unknown): never;
  close(): void;
}

/** @param open gives a link that is ready to be used. One that the store made itself is closed with the connection. */
export function createConnection(open: () => RedisLink | Promise<OwnLink>): RedisConnection {
  let opened: Opened | undefined;
  let opening: Promise<Opened> | undefined;
  let isClosed = false;

  const take = (link: RedisLink | OwnLink): Opened => {
    const close = "close" in link ? () => link.close() : undefined;
    const silence = close && listenForSilence();
    const taken: Opened = {
      link: silence ? { ...link, send: (key, command, call) => silence.during(link.send(key, command, call)) } : link,
      isDead: () => silence?.isDead() ?? false,
      fail(error) {
        // The primary is a replica now. Where it was is where a new connection finds its successor, if anywhere.
        if (replyCode(error) === "READONLY" && close && taken === opened) {
          opened = undefined;
          close();
        }
        throw commandFailure(error);
      },
      close: () => close?.(),
    };
    if (isClosed) taken.close();
    else opened = taken;
    return taken;
  };

  /** A dead link is left to itself; what still waits for it fails when it is closed. */
  const current = (): Opened | undefined => {
    if (opened?.isDead()) {
      const dead = opened;
      opened = undefined;
      dead.close();
    }
    return opened;
  };

  const openOnce = async (call: Call): Promise<Opened> => {
    if (isClosed) throw unsent("is closed");
    opening ??= Promise.resolve()
      .then(open)
      .then(take)
      .finally(() => {
        opening = undefined;
      });
    const taken = await inTime(opening, call);
    if (isClosed) throw unsent("is closed");
    return taken;
  };

  const send: RedisConnection["send"] = (key, command, call) => {
    const open = current();
    return open
      ? open.link.send(key, command, call).catch(open.fail)
      : openOnce(call).then(({ link, fail }) => link.send(key, command, call).catch(fail));
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
        notLate(call);
        return send(key, ["EVAL", text, ...rest], call);
      }
    },

    async primaries(call) {
      const { link, fail } = current() ?? (await openOnce(call));
      const sends = await link.primaries(call).catch(fail);
      return {
        sends: sends.map((send) => (command, call) => send(command, call).catch(fail)),
        keyPrefix: link.keyPrefix,
      };
    },

    async close() {
      isClosed = true;
      opened?.close();
      opened = undefined;
    },
  };
}

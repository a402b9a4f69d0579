import { SessionError } from "../../types/errors.ts";
import type { StoreCall } from "../../types/store.ts";
import type { MongodbCollection, MongodbDocument } from "./client.ts";
import { refused } from "./errors.ts";

export interface OpenCollection {
  readonly collection: MongodbCollection;
  close(): Promise<void>;
}

/** A connection to the server: opened on first use, and again after a failure. */
export interface Connection {
  /** Sends one command in one round trip. A command that is aborted before it is sent is never sent. */
  send(command: MongodbDocument, call: StoreCall | undefined): Promise<MongodbDocument>;
  /** Sends a command that writes nothing. @throws SessionError STORE_UNAVAILABLE */
  query(command: MongodbDocument, call: StoreCall | undefined): Promise<MongodbDocument>;
  ready(call: StoreCall | undefined): Promise<void>;
  close(): Promise<void>;
}

/** Does not fail on the application's strings that are not UTF-8; those of the store always are. */
const lenientUtf8 = { enableUtf8Validation: false };

/** @param open returns a collection whose indexes are ready */
export function createConnection(open: () => Promise<OpenCollection>): Connection {
  let opened: OpenCollection | undefined;
  let opening: Promise<OpenCollection> | undefined;
  let isClosed = false;

  const openOnce = async (call: StoreCall | undefined): Promise<OpenCollection> => {
    // Read before the wait: an operation that is aborted during the wait must not write afterwards.
    const signal = call?.signal;
    if (isClosed) throw unavailable("is closed");
    opening ??= open()
      .then((connected) => {
        opened = connected;
        return connected;
      })
      .finally(() => {
        opening = undefined;
      });
    const connected = await opening;
    if (isClosed || signal?.aborted) throw unavailable("was ready too late for this operation");
    return connected;
  };

  const send: Connection["send"] = async (command, call) => {
    const { collection } = opened ?? (await openOnce(call));
    return collection.db.command(command, call ? { ...lenientUtf8, signal: call.signal } : lenientUtf8);
  };

  return {
    send,

    async query(command, call) {
      try {
        return await send(command, call);
      } catch (error) {
        throw refused(error);
      }
    },

    async ready(call) {
      if (!opened) await openOnce(call);
    },

    async close() {
      if (isClosed) return;
      isClosed = true;
      await opening?.catch(() => undefined);
      const connected = opened;
      opened = undefined;
      await connected?.close();
    },
  };
}

function unavailable(what: string): SessionError {
  return new SessionError("STORE_UNAVAILABLE", `The mongodb store ${what}. Nothing was written.`);
}

import { SessionError } from "../../types/errors.ts";
import type { StoreCall } from "../../types/store.ts";
import type { MongodbCollection, MongodbDocument } from "./client.ts";
import { refused } from "./errors.ts";

export interface OpenCollection {
  readonly collection: MongodbCollection;
  close(): Promise<void>;
}

/** The way to the server: made on first use, and again after a failure. */
export interface Connection {
  /** One command, one round trip. What is aborted before it was sent is not sent later. */
  send(command: MongodbDocument, call: StoreCall | undefined): Promise<MongodbDocument>;
  /** The same for what writes nothing. @throws SessionError STORE_UNAVAILABLE */
  ask(command: MongodbDocument, call: StoreCall | undefined): Promise<MongodbDocument>;
  ready(call: StoreCall | undefined): Promise<void>;
  close(): Promise<void>;
}

/** Foreign text that is no UTF-8 is no reason to fail; ours always is. */
const lenient = { enableUtf8Validation: false };

/** @param open gives a collection whose indexes are ready. */
export function createConnection(open: () => Promise<OpenCollection>): Connection {
  let opened: OpenCollection | undefined;
  let opening: Promise<OpenCollection> | undefined;
  let isClosed = false;

  const openOnce = async (call: StoreCall | undefined): Promise<OpenCollection> => {
    // Taken before the wait: what is aborted meanwhile must not be written afterwards.
    const signal = call?.signal;
    if (isClosed) throw unavailable("is closed");
    opening ??= open()
      .then((made) => {
        opened = made;
        return made;
      })
      .finally(() => {
        opening = undefined;
      });
    const made = await opening;
    if (isClosed || signal?.aborted) throw unavailable("got ready too late for this operation");
    return made;
  };

  const send: Connection["send"] = async (command, call) => {
    const { collection } = opened ?? (await openOnce(call));
    return collection.db.command(command, call ? { ...lenient, signal: call.signal } : lenient);
  };

  return {
    send,

    async ask(command, call) {
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
      const made = opened;
      opened = undefined;
      await made?.close();
    },
  };
}

function unavailable(what: string): SessionError {
  return new SessionError("STORE_UNAVAILABLE", `The mongodb store ${what}. Nothing was written.`);
}

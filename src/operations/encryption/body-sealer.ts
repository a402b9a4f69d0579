import { ciphers } from "#crypto";
import { type Awaitable, chain } from "../../crypto/awaitable.ts";
import { createSealer, loadKeyring, type Sealer, type TokenBinding } from "../../crypto/sealer.ts";
import { invalidOption } from "../../types/errors.ts";
import type { StoredRecord } from "../../types/store.ts";

/** The format of the body. A process that has no keys takes it for that of a later version, and leaves the record alone. */
const mark = "2:A256GCM:";

/** Encrypts the bodies of records, and binds each to the record it belongs to. */
export class BodySealer {
  readonly #keys: readonly Uint8Array[];
  readonly #acceptsPlain: boolean;
  #sealer: Sealer | undefined;

  constructor(keys: readonly Uint8Array[], acceptsPlain: boolean) {
    this.#keys = keys;
    this.#acceptsPlain = acceptsPlain;
  }

  seal(record: StoredRecord): Awaitable<StoredRecord> {
    const text = `${identityOf(record)}\n${record.body}`;
    return chain(this.#ready(), (sealer) =>
      chain(sealer.seal(text, bindingOf(record, Date.now())), (sealed) => ({ ...record, body: mark + sealed })),
    );
  }

  /** Returns the record with its body, with an empty one if it is not authentic, or unchanged if its key is not here. */
  open(record: StoredRecord): Awaitable<StoredRecord> {
    const { body } = record;
    if (!body.startsWith(mark)) return this.#acceptsPlain ? record : damaged(record);
    return chain(this.#ready(), (sealer) =>
      // The limits of a session are not the business of its encryption: whatever the hour of its key, it opens.
      chain(sealer.unseal(body.slice(mark.length), bindingOf(record, Number.MAX_SAFE_INTEGER)), (opened) => {
        if ("refused" in opened) return opened.refused === "unknown-key" ? record : damaged(record);
        const head = `${identityOf(record)}\n`;
        return opened.text.startsWith(head) ? { ...record, body: opened.text.slice(head.length) } : damaged(record);
      }),
    );
  }

  // Not at construction: workerd lets nothing asynchronous run before the first request.
  #ready(): Awaitable<Sealer> {
    if (this.#sealer) return this.#sealer;
    return chain(loadKeyring(ciphers, this.#keys), (keyring) => {
      if (keyring.byId.size < this.#keys.length) {
        throw invalidOption("encryptRecords: two keys share the id that records name a key by. Replace one of them.");
      }
      this.#sealer = createSealer(ciphers, keyring, { kind: "sealed", purpose: "record" });
      return this.#sealer;
    });
  }
}

/** What the body belongs to. A touch moves the times of a record and leaves its body, so they are not in it. */
const identityOf = ({ id, version, commitId, userId, createdAt }: StoredRecord): string =>
  JSON.stringify([id, version, commitId, userId ?? null, createdAt]);

const bindingOf = ({ namespace }: StoredRecord, now: number): TokenBinding => ({
  ...{ name: "", namespace, application: "", now, absoluteTimeout: undefined },
});

const damaged = (record: StoredRecord): StoredRecord => ({ ...record, body: "" });

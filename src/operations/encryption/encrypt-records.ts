import { checkKeys, type Known } from "../../core/language/known-keys.ts";
import { all, chain } from "../../crypto/awaitable.ts";
import { parseKeys } from "../../crypto/parse-keys.ts";
import { invalidOption } from "../../types/errors.ts";
import type { SessionStore } from "../../types/store.ts";
import { wrapStore } from "../shared/wrap-store.ts";
import { BodySealer } from "./body-sealer.ts";

/** Options of `encryptRecords()`. */
export interface EncryptionOptions {
  /**
   * Each key is 32 random bytes, in base64url or hex; `generateKey()` creates one. The first key encrypts, all keys decrypt.
   * To rotate keys, first add the new one at the end on every server, then move it to the front, and remove the old one
   * when the sessions that were written with it have ended.
   */
  readonly keys: string | readonly string[];
  /**
   * True: also reads records that are not encrypted, until they are written again. For the time in which encryption is
   * introduced. Whoever can write to the store can then plant records of their own. @default false: they are damaged
   */
  readonly acceptPlain?: boolean | undefined;
}

const known: Known<EncryptionOptions> = { keys: true, acceptPlain: true };

/**
 * Returns a store that encrypts what it stores, with AES-256-GCM (NIST SP 800-38D) under keys that only the application has. A
 * copy of the database then shows the ids of sessions and of users, times and sizes, and no data. A body that was changed,
 * or moved to another record, is a damaged record: the visitor has a fresh session.
 *
 * A record whose key is not in the list is left alone, as one of a later version is: its visitor has an empty session, and
 * writes are SESSION_UNREADABLE. So a server that does not have a new key yet loses nothing.
 *
 * @example
 * const sessions = createSessions({ store: encryptRecords(redisStore({ url }), { keys: process.env.SESSION_KEYS ?? "" }) });
 *
 * @throws SessionError INVALID_OPTION for a bad key, which it never prints
 */
export function encryptRecords(store: SessionStore, options: EncryptionOptions): SessionStore {
  const inner = wrapStore(store, "encryptRecords()", (_operation, run) => run());
  checkKeys(options, known, "encryptRecords()");
  const { keys, acceptPlain = false } = options;
  if (typeof acceptPlain !== "boolean") throw invalidOption("encryptRecords: acceptPlain must be true or false.");
  const bodies = new BodySealer(parseKeys(keys, "encryptRecords"), acceptPlain);
  const { list } = inner;
  return {
    ...inner,
    read: (key, now, call) => chain(inner.read(key, now, call), (record) => record && bodies.open(record)),
    create: (record, now, call) => chain(bodies.seal(record), (sealed) => inner.create(sealed, now, call)),
    replace: (record, expected, now, call) =>
      chain(bodies.seal(record), (sealed) => inner.replace(sealed, expected, now, call)),
    ...(list && {
      list: async (...args) => {
        const page = await list(...args);
        return { ...page, records: await all(page.records.map((record) => bodies.open(record))) };
      },
    }),
  };
}

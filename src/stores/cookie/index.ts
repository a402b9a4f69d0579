import { ciphers } from "#crypto";
import { checkKeys, type Known } from "../../core/language/known-keys.ts";
import { type Awaitable, chain } from "../../crypto/awaitable.ts";
import type { KeyUse } from "../../crypto/derived-keys.ts";
import { parseKeys } from "../../crypto/parse-keys.ts";
import { createSealer, loadKeyring, type Sealer } from "../../crypto/sealer.ts";
import { invalidOption, type SessionError } from "../../types/errors.ts";
import type { SealBinding, SealedStore } from "../../types/store.ts";

/** Options of `cookieStore()`. */
export interface CookieStoreOptions {
  /**
   * Each key is 32 random bytes, in base64url or hex; `generateKey()` creates one. The first key seals, all keys unseal. To
   * rotate keys, first add the new one at the end on every server, then move it to the front, and remove the old one when
   * its sessions have expired.
   */
  readonly keys: string | readonly string[];
  /** False: the client can read the data, but not change it. @default true */
  readonly encrypt?: boolean | undefined;
  /**
   * How many tokens a process remembers, with what they hold: those that it has sealed a moment ago, or opened twice. They
   * are not decrypted again, but their time is checked each time. 0: none. @default 2048
   */
  readonly recentTokens?: number | undefined;
}

/** In UTF-16 code units of up to 3 bytes each: HKDF implementations limit `info` to 1024 bytes. */
const LONGEST = 300;

function tooLong(length: number): SessionError {
  return invalidOption(
    `cookieStore: name, namespace and application have ${length} characters and may have ${LONGEST} together. Choose shorter ones.`,
  );
}

function wrongType(what: string, wanted: string, value: unknown): SessionError {
  return invalidOption(`cookieStore: ${what} must be ${wanted}, not ${value === null ? "null" : typeof value}.`);
}

const known: Known<CookieStoreOptions> = { keys: true, encrypt: true, recentTokens: true };

/**
 * Keeps sessions in the client's cookie and nothing on the server: encrypted and authenticated with AES-256-GCM under an
 * hourly key, and bound to the manager's name, namespace and application.
 *
 * Limits of a stateless store: a copied cookie stays valid until it expires, even after `destroy()`, and of two concurrent
 * requests the last response wins. A store accepts only the kind of token it writes: changing `encrypt` ends all sessions.
 *
 * @throws SessionError INVALID_OPTION for a bad key; it never prints the key.
 */
export function cookieStore(options: CookieStoreOptions): SealedStore {
  checkKeys(options, known, "cookieStore()");
  const { keys, encrypt = true, recentTokens = 2_048 } = options;
  const parsed = parseKeys(keys, "cookieStore");
  if (typeof encrypt !== "boolean") throw wrongType("encrypt", "true or false", encrypt);
  if (!Number.isSafeInteger(recentTokens) || recentTokens < 0) {
    throw invalidOption("cookieStore: recentTokens must be an integer of at least 0.");
  }

  let sealer: Sealer | undefined;
  const makeSealer = (): Awaitable<Sealer> =>
    chain(loadKeyring(ciphers, parsed), (keyring) => {
      if (keyring.byId.size < parsed.length) {
        throw invalidOption("cookieStore: two keys share the id that tokens name a key by. Replace one of them.");
      }
      const use: KeyUse = { kind: encrypt ? "sealed" : "signed", purpose: "session" };
      sealer = createSealer(ciphers, keyring, use, recentTokens);
      return sealer;
    });
  // Not at construction: workerd lets nothing asynchronous run before the first request.
  const sealerFor = ({ name, namespace, application }: SealBinding): Awaitable<Sealer> => {
    const length = name.length + namespace.length + application.length;
    if (length > LONGEST) throw tooLong(length);
    return sealer ?? makeSealer();
  };

  return {
    kind: "sealed",
    name: "cookie",
    seal: (text, binding) => chain(sealerFor(binding), (ready) => ready.seal(text, binding)),
    unseal: (token, binding) => chain(sealerFor(binding), (ready) => ready.unseal(token, binding)),
  };
}

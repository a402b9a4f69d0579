import { type Awaitable, all, chain } from "./awaitable.ts";
import { readUint32 } from "./bytes.ts";
import { derivedKeys, type KeyUse, type TokenScope } from "./derived-keys.ts";
import { type Ciphers, HOUR_AT, KEY_ID_AT, layouts, type MasterKey } from "./envelope.ts";
import { RecentTokens } from "./recent-tokens.ts";

const HOUR = 3_600_000;
const CLOCK_SKEW = 300_000;

export interface Keyring<Material> {
  /** Seals new tokens. All keys open existing ones. */
  readonly first: MasterKey<Material>;
  /** Has fewer entries than there were keys if two of them share an id. */
  readonly byId: ReadonlyMap<number, MasterKey<Material>>;
}

/** @param keys at least one */
export function loadKeyring<Material>(
  ciphers: Ciphers<Material>,
  keys: readonly Uint8Array[],
): Awaitable<Keyring<Material>> {
  return chain(all(keys.map((key) => ciphers.loadKey(key))), (masters) => ({
    first: masters[0]!,
    byId: new Map(masters.map((master) => [master.id, master])),
  }));
}

export interface TokenBinding extends TokenScope {
  readonly now: number;
  readonly absoluteTimeout: number | undefined;
}

type HourRefusal = "not-yet-valid" | "expired";

export type Opened =
  | { readonly text: string; readonly stale: boolean }
  | { readonly refused: HourRefusal | "malformed" | "unknown-key" | "forged" };

export interface Sealer {
  seal(text: string, binding: TokenBinding, nonce?: Uint8Array): Awaitable<string>;
  unseal(token: string, binding: TokenBinding): Awaitable<Opened>;
}

/** A coarse check before any key is derived. The payload has the exact times. */
function checkHour(hour: number, { now, absoluteTimeout }: TokenBinding): HourRefusal | undefined {
  if (hour * HOUR > now + CLOCK_SKEW) return "not-yet-valid";
  if (absoluteTimeout !== undefined && now - (hour + 1) * HOUR >= absoluteTimeout) return "expired";
  return undefined;
}

/**
 * Creates a sealer. It opens only the kind of token that it seals.
 *
 * @param recentTokens how many tokens it remembers, to open them without their key. Only their time can then refuse them.
 */
export function createSealer<Material>(
  ciphers: Ciphers<Material>,
  { first, byId }: Keyring<Material>,
  use: KeyUse,
  recentTokens = 0,
): Sealer {
  const { version, shortest } = layouts[use.kind];
  const envelopeOf = derivedKeys(ciphers, use);
  const recent = recentTokens === 0 ? undefined : new RecentTokens(recentTokens);

  const unseal = (token: string, binding: TokenBinding): Awaitable<Opened> => {
    const bytes = ciphers.decode(token);
    if (bytes === undefined || bytes.length < shortest || bytes[0] !== version) return { refused: "malformed" };
    const hour = readUint32(bytes, HOUR_AT);
    const refused = checkHour(hour, binding);
    if (refused !== undefined) return { refused };
    const master = byId.get(readUint32(bytes, KEY_ID_AT));
    if (master === undefined) return { refused: "unknown-key" };
    return chain(envelopeOf(master, hour, binding), (envelope) =>
      chain(envelope.open(bytes), (text): Opened => {
        if (text === undefined) return { refused: "forged" };
        const stale = master !== first;
        recent?.opened(token, { text, stale, hour }, binding);
        return { text, stale };
      }),
    );
  };

  return {
    seal(text, binding, nonce) {
      const hour = Math.floor(binding.now / HOUR);
      return chain(envelopeOf(first, hour, binding), (envelope) =>
        chain(envelope.close(text, nonce), (token) => {
          recent?.sealed(token, { text, stale: false, hour }, binding);
          return token;
        }),
      );
    },

    unseal(token, binding) {
      const known = recent?.find(token, binding);
      if (known === undefined) return unseal(token, binding);
      const refused = checkHour(known.hour, binding);
      return refused === undefined ? { text: known.text, stale: known.stale } : { refused };
    },
  };
}

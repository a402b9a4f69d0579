import { type Awaitable, all, chain } from "./awaitable.ts";
import { readUint32 } from "./bytes.ts";
import { derivedKeys, type KeyUse, type TokenScope } from "./derived-keys.ts";
import { type Ciphers, HOUR_AT, KEY_ID_AT, layouts, type MasterKey } from "./envelope.ts";

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

/** Creates a sealer. It opens only the kind of token that it seals. */
export function createSealer<Material>(
  ciphers: Ciphers<Material>,
  { first, byId }: Keyring<Material>,
  use: KeyUse,
): Sealer {
  const { version, shortest } = layouts[use.kind];
  const envelopeOf = derivedKeys(ciphers, use);

  return {
    seal: (text, binding, nonce) =>
      chain(envelopeOf(first, Math.floor(binding.now / HOUR), binding), (envelope) => envelope.close(text, nonce)),

    unseal(token, binding) {
      const bytes = ciphers.decode(token);
      if (bytes === undefined || bytes.length < shortest || bytes[0] !== version) return { refused: "malformed" };
      const hour = readUint32(bytes, HOUR_AT);
      const refused = checkHour(hour, binding);
      if (refused !== undefined) return { refused };
      const master = byId.get(readUint32(bytes, KEY_ID_AT));
      if (master === undefined) return { refused: "unknown-key" };
      return chain(envelopeOf(master, hour, binding), (envelope) =>
        chain(envelope.open(bytes), (text) =>
          text === undefined ? { refused: "forged" } : { text, stale: master !== first },
        ),
      );
    },
  };
}

import { type Awaitable, chain } from "./awaitable.ts";
import {
  bindingBytes,
  type Ciphers,
  type Envelope,
  type EnvelopeKind,
  keyContext,
  type MasterKey,
} from "./envelope.ts";

/** A month has 720 hours, but live traffic uses tokens of only a few dozen. */
const MAX_KEYS = 256;

export interface KeyUse {
  readonly kind: EnvelopeKind;
  readonly purpose: string;
}

/** The manager that tokens belong to. */
export interface TokenScope {
  readonly name: string;
  readonly namespace: string;
  readonly application: string;
}

export type DerivedKeys<Material> = (
  master: MasterKey<Material>,
  hour: number,
  scope: TokenScope,
) => Awaitable<Envelope>;

/** Caches derived keys, so that a token costs one AES-GCM operation. Evicts the oldest key when the cache is full. */
export function derivedKeys<Material>(ciphers: Ciphers<Material>, use: KeyUse): DerivedKeys<Material> {
  const kept = new Map<string, Envelope>();
  // A separate purpose, so that the bytes of one derived key never serve two algorithms.
  const purpose = use.kind === "sealed" ? use.purpose : `${use.purpose}-signed`;

  return (master, hour, { name, namespace, application }) => {
    // Includes the lengths, so that no two scopes share a slot.
    const slot = `${hour} ${master.id} ${name.length} ${namespace.length} ${name}${namespace}${application}`;
    const known = kept.get(slot);
    if (known !== undefined) return known;
    const info = bindingBytes(purpose, name, namespace, application);
    const context = keyContext(use.kind, master.id, hour, info);
    // Cache the value, not the promise: on workerd a promise belongs to the request that created it, and it may reject.
    return chain(ciphers.deriveKey(use.kind, master.material, context), (envelope) => {
      kept.set(slot, envelope);
      if (kept.size > MAX_KEYS) kept.delete(kept.keys().next().value as string);
      return envelope;
    });
  };
}

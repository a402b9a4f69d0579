import { type Awaitable, chain } from "./awaitable.ts";
import {
  bindingBytes,
  type Ciphers,
  type Envelope,
  type EnvelopeKind,
  keyContext,
  type MasterKey,
} from "./envelope.ts";

/** A month of hours would be 720; the hours of live traffic are a few dozen. */
const LIMIT = 256;

export interface KeyUse {
  readonly kind: EnvelopeKind;
  readonly purpose: string;
}

/** Whose tokens they are. */
export interface Bound {
  readonly name: string;
  readonly namespace: string;
  readonly application: string;
}

export type DerivedKeys<Material> = (master: MasterKey<Material>, hour: number, bound: Bound) => Awaitable<Envelope>;

/** Derives a key once and keeps it, so that a token costs one AES-GCM; the oldest goes when there are too many. */
export function derivedKeys<Material>(ciphers: Ciphers<Material>, use: KeyUse): DerivedKeys<Material> {
  const kept = new Map<string, Envelope>();
  // The bytes of one derived key never serve two algorithms.
  const purpose = use.kind === "sealed" ? use.purpose : `${use.purpose}-signed`;

  return (master, hour, { name, namespace, application }) => {
    // With the lengths, so that no two bindings share a slot.
    const slot = `${hour} ${master.id} ${name.length} ${namespace.length} ${name}${namespace}${application}`;
    const known = kept.get(slot);
    if (known !== undefined) return known;
    const info = bindingBytes(purpose, name, namespace, application);
    const context = keyContext(use.kind, master.id, hour, info);
    // Not the promise is kept but its value: a promise belongs to the request that made it (workerd), and may reject.
    return chain(ciphers.deriveKey(use.kind, master.material, context), (envelope) => {
      kept.set(slot, envelope);
      if (kept.size > LIMIT) kept.delete(kept.keys().next().value as string);
      return envelope;
    });
  };
}

import type { Config } from "../../core/config/config.ts";
import { parseSealed } from "../../core/record/sealed-text.ts";
import { decodeBase64url } from "../../crypto/base64url.ts";
import { HOUR_AT, layouts } from "../../crypto/envelope.ts";
import { cookieStore } from "../../stores/cookie/index.ts";
import type { SealedStore } from "../../types/store.ts";
import { askManager, type Verdict } from "./ask-manager.ts";

/** What everybody can read in a sealed cookie. */
export interface SealedHeader {
  readonly kind: "sealed" | "signed";
  /** The beginning of the hour in which it was sealed. */
  readonly sealedAt: Date;
}

export interface SealedVerdict {
  /** The position of the key in the list, from 1. */
  readonly key: number | undefined;
  readonly verdict: Verdict;
}

const hourMs = 3_600_000;

export function sealedHeader(token: string): SealedHeader | undefined {
  const bytes = decodeBase64url(token);
  const kind =
    bytes?.[0] === layouts.sealed.version ? "sealed" : bytes?.[0] === layouts.signed.version ? "signed" : undefined;
  if (!bytes || !kind || bytes.length < layouts[kind].shortest) return undefined;
  const hour = new DataView(bytes.buffer, bytes.byteOffset).getUint32(HOUR_AT);
  const sealedAt = new Date(hour * hourMs);
  return Number.isNaN(sealedAt.getTime()) ? undefined : { kind, sealedAt };
}

/** Tries the keys one by one. Keys that are none, such as those of other cookies, are passed over. */
export async function openSealed(
  token: string,
  kind: SealedHeader["kind"],
  keys: readonly string[],
  config: Config,
): Promise<SealedVerdict> {
  for (const [at, key] of keys.entries()) {
    const store = storeWith(key, kind);
    if (!store) continue;
    const { name, application, namespace } = config;
    const verdict = await askManager(token, store, { name, application, namespace });
    if ("opened" in verdict) {
      const expiresAt = await deadlineIn(token, store, config);
      return { key: at + 1, verdict: { opened: { ...verdict.opened, expiresAt } } };
    }
    if (verdict.refused !== "unknown-key") return { key: at + 1, verdict };
  }
  return { key: undefined, verdict: { refused: "unknown-key" } };
}

function storeWith(key: string, kind: SealedHeader["kind"]): SealedStore | undefined {
  try {
    return cookieStore({ keys: key, encrypt: kind === "sealed" });
  } catch {
    return undefined;
  }
}

/** The manager that was asked has no limits, so what the application had written counts. */
async function deadlineIn(token: string, store: SealedStore, config: Config): Promise<Date> {
  const { name, namespace, application = "" } = config;
  const binding = { name, namespace, application, now: Date.now(), absoluteTimeout: undefined };
  const unsealed = await store.unseal(token, binding);
  const content = parseSealed("text" in unsealed ? unsealed.text : "");
  return new Date(content?.state.expiresAt ?? Number.NaN);
}

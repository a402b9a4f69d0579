import { hmacSha256, randomText, sha256 } from "#crypto";
import type { Awaitable } from "../../crypto/awaitable.ts";
import type { Config } from "../config/config.ts";
import { type Flow, wait } from "../language/flow.ts";
import type { SessionState } from "../record/record.ts";
import { newSecret, sameDigest } from "../record/token.ts";
import type { Rotation } from "./change.ts";

/** A rotation together with the secret that it introduces. */
export interface PlannedRotation {
  readonly rotation: Rotation;
  readonly secret: string;
}

/**
 * What a record keeps of a secret. The application is part of it, so that no other application takes the secret. With a
 * pepper, the record is too, and nobody without the key can make one.
 */
export function hashSecret(
  secret: string,
  id: string,
  { application, namespace, pepper }: Config,
  key: string | undefined = pepper[0],
): Awaitable<string> {
  if (key === undefined) return sha256(application === undefined ? secret : `${application}\0${secret}`);
  return hmacSha256(key, JSON.stringify(["secret", application ?? null, namespace, id, secret]));
}

const noPepper: readonly undefined[] = [undefined];

/** The keys under which a hash may have been made. */
export const keysOf = ({ pepper }: Config): readonly (string | undefined)[] =>
  pepper.length === 0 ? noPepper : pepper;

/** Whether this is the hash of the secret, under any of the keys. */
function* isHashOf(hash: string, secret: string, id: string, config: Config): Flow<boolean> {
  for (const key of keysOf(config)) {
    if (sameDigest(yield* wait(hashSecret(secret, id, config, key)), hash)) return true;
  }
  return false;
}

/** Derives the secret that follows another one in a periodic rotation: the same for all clients with the earlier one. */
const derive = (secret: string, nonce: string): Awaitable<string> => hmacSha256(secret, nonce);

export function* planRotation(
  by: "login" | "regenerate",
  id: string,
  at: number,
  config: Config,
): Flow<PlannedRotation> {
  const secret = newSecret();
  return { rotation: { by, hash: yield* wait(hashSecret(secret, id, config)), at }, secret };
}

export function* planSchedule(
  held: { readonly state: SessionState; readonly secret?: string | undefined },
  at: number,
  config: Config,
): Flow<PlannedRotation | undefined> {
  const from = held.state.control.hash;
  if (held.secret === undefined || from === undefined) return undefined;
  const nonce = randomText(16);
  const secret = yield* wait(derive(held.secret, nonce));
  const hash = yield* wait(hashSecret(secret, held.state.id, config));
  return { rotation: { by: "schedule", hash, at, from, nonce, graceUntil: at + config.rotationGrace }, secret };
}

/** A periodic rotation is due this long after the last change of the secret. */
export function rotationDue({ state }: { readonly state: SessionState }, at: number, config: Config): boolean {
  return config.rotateAfter !== undefined && at - (state.control.rotatedAt ?? state.createdAt) >= config.rotateAfter;
}

/** Returns the secret that opens `state`, given one that may have been rotated since. `undefined`: it opens nothing. */
export function* currentSecret(
  secret: string | undefined,
  state: SessionState,
  config: Config,
): Flow<string | undefined> {
  const { id, control } = state;
  const { hash, previous, nonce } = control;
  if (secret === undefined || hash === undefined) return undefined;
  if (yield* isHashOf(hash, secret, id, config)) return secret;
  if (!previous || nonce === undefined || !(yield* isHashOf(previous.hash, secret, id, config))) return undefined;
  const next = yield* wait(derive(secret, nonce));
  return (yield* isHashOf(hash, next, id, config)) ? next : undefined;
}

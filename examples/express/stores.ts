import { readFileSync, writeFileSync } from "node:fs";
import { generateKey, type SealedStore, SessionError, type SessionStore } from "coatcheck";
import { cookieStore } from "coatcheck/stores/cookie";
import { sqliteStore } from "coatcheck/stores/sqlite";
import { type Settings, SettingsError } from "./settings.ts";

/** The store of everything that the server keeps. */
export async function openDatabase({ database }: Settings): Promise<SessionStore> {
  try {
    const store = sqliteStore({ path: database });
    // Without this it would be the first visitor who is told that the database cannot be used.
    await store.setup?.();
    return store;
  } catch (error) {
    throw explained(error, `SESSION_DB cannot be used (${database})`);
  }
}

/** The store of encrypted cookies, with the keys of SESSION_KEYS or with one of its own. */
export function openCookies({ keys, database }: Settings): SealedStore {
  const file = `${database}.key`;
  const usedKeys = keys ?? ownKey(file);
  try {
    return cookieStore({ keys: usedKeys, application: "coatcheck-example" });
  } catch (error) {
    throw explained(error, `${keys ? "SESSION_KEYS" : file} holds no usable key`);
  }
}

/** Cookies must open after a restart too, so the key stays beside the database, for this user's eyes only. */
function ownKey(file: string): string {
  try {
    const isMade = makeKey(file);
    const key = readFileSync(file, "utf8").trim();
    console.log(
      `SESSION_KEYS is not set: ${isMade ? "made a key and keep it" : "using the key that is kept"} in ${file}`,
    );
    return key;
  } catch (error) {
    throw new SettingsError(`SESSION_KEYS is not set, and no key can be kept in ${file}: ${(error as Error).message}`);
  }
}

function makeKey(file: string): boolean {
  try {
    writeFileSync(file, `${generateKey()}\n`, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function explained(error: unknown, what: string): unknown {
  return error instanceof SessionError ? new SettingsError(`${what}. ${error.message}`) : error;
}

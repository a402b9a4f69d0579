import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { generateKey, type SealedStore, SessionError, type SessionStore } from "coatcheck";
import { cookieStore } from "coatcheck/stores/cookie";
import { openStore } from "coatcheck/stores/open";
import { type Settings, SettingsError } from "./settings.ts";

/** By the names that stores give themselves. */
const names: Readonly<Record<string, string>> = {
  file: "files",
  sqlite: "SQLite",
  postgres: "PostgreSQL",
  mysql: "MySQL",
  redis: "Redis",
  mongodb: "MongoDB",
};

/** What a page or a log may say of where sessions are kept. */
export const storeName = (store: string): string => names[store] ?? store;

/** The store of everything that the server keeps. */
export async function openSessionStore({ store: url, storeSetting }: Settings): Promise<SessionStore> {
  try {
    const store = await openStore(url);
    await prepare(store);
    return store;
  } catch (error) {
    throw explained(error, `${storeSetting} cannot be used`);
  }
}

/** Without this it would be the first visitor who is told that the store cannot be used. */
async function prepare(store: SessionStore): Promise<void> {
  try {
    await store.setup?.();
  } catch (error) {
    const isServer = !["memory", "file", "sqlite"].includes(store.name);
    if (!isServer || !(error instanceof SessionError) || error.code !== "STORE_UNAVAILABLE") throw error;
    // It may be up for the first visitor; until then there are 503s, and no restart is needed.
    console.error(`${storeName(store.name)} is not ready. ${error.message}`);
  }
}

/** The store of encrypted cookies, with the keys of SESSION_KEYS or with one of its own. */
export function openCookies({ keys, keyFile }: Settings): SealedStore {
  const usedKeys = keys ?? ownKey(keyFile);
  try {
    return cookieStore({ keys: usedKeys });
  } catch (error) {
    throw explained(error, `${keys ? "SESSION_KEYS" : keyFile} holds no usable key`);
  }
}

/** Cookies must open after a restart too, so the key is kept, for this user's eyes only. */
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
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
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

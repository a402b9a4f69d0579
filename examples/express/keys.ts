import { readFileSync, writeFileSync } from "node:fs";
import { generateKey, SessionError } from "coatcheck";
import { cookieStore } from "coatcheck/stores/cookie";
import { type Settings, SettingsError } from "./settings.ts";

/** The store of encrypted cookies, with the keys of SESSION_KEYS or with one of its own. */
export function openCookieStore({ keys, database }: Settings): ReturnType<typeof cookieStore> {
  const file = `${database}.key`;
  try {
    return cookieStore({ keys: keys ?? ownKey(file), application: "coatcheck-example" });
  } catch (error) {
    if (!(error instanceof SessionError)) throw error;
    throw new SettingsError(`${keys ? "SESSION_KEYS" : file} holds no usable key. ${error.message}`);
  }
}

/** Cookies must open after a restart too, so the key stays beside the database, for this user's eyes only. */
function ownKey(file: string): string {
  try {
    const isMade = makeKey(file);
    console.log(
      `SESSION_KEYS is not set: ${isMade ? "made a key and keep it" : "using the key that is kept"} in ${file}`,
    );
    return readFileSync(file, "utf8").trim();
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

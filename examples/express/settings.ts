export interface Settings {
  readonly port: number;
  /** Where sessions are kept: a URL for `openStore`. */
  readonly store: string;
  /** What to call the store when it cannot be used. The URL itself may hold a password. */
  readonly storeSetting: string;
  /** Absent: the server keeps a key of its own, in `keyFile`. */
  readonly keys: readonly string[] | undefined;
  readonly keyFile: string;
}

/** A mistake in the settings: shown as one line, without a stack trace. */
export class SettingsError extends Error {}

export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const { PORT = "8080", SESSION_STORE, SESSION_DB, SESSION_KEYS } = env;
  if (!/^\d{1,5}$/.test(PORT) || Number(PORT) > 65_535) {
    throw new SettingsError(`PORT must be a number from 0 to 65535, and is "${PORT}". Port 0 takes any free one.`);
  }
  if (SESSION_DB === "") {
    throw new SettingsError("SESSION_DB is empty. Give it the name of a file, or leave it out for data/sessions.db.");
  }
  if (SESSION_STORE === "") {
    throw new SettingsError(
      "SESSION_STORE is empty. Give it a URL such as redis://localhost:6379, or leave it out for SQLite.",
    );
  }
  if (SESSION_STORE !== undefined && SESSION_DB !== undefined) {
    throw new SettingsError(
      "SESSION_STORE and SESSION_DB are both set, and each says where sessions are kept. Leave one out.",
    );
  }
  const file = SESSION_DB ?? "data/sessions.db";
  return {
    port: Number(PORT),
    store: SESSION_STORE ?? `sqlite:${encodeURIComponent(file)}`,
    storeSetting: SESSION_STORE === undefined ? `SESSION_DB (${file})` : "SESSION_STORE",
    keys: SESSION_KEYS?.split(",").map((key) => key.trim()),
    keyFile: `${file}.key`,
  };
}

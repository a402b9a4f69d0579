export interface Settings {
  readonly port: number;
  readonly database: string;
  /** Absent: the server keeps a key of its own. */
  readonly keys: readonly string[] | undefined;
}

/** What whoever starts the server can put right: shown as one line, without a stack trace. */
export class SettingsError extends Error {}

export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const { PORT = "8080", SESSION_DB = "data/sessions.db", SESSION_KEYS } = env;
  if (!/^\d{1,5}$/.test(PORT) || Number(PORT) > 65_535) {
    throw new SettingsError(`PORT must be a number from 0 to 65535, and is "${PORT}". Port 0 takes any free one.`);
  }
  if (SESSION_DB === "") {
    throw new SettingsError("SESSION_DB is empty. Give it the name of a file, or leave it out for data/sessions.db.");
  }
  return { port: Number(PORT), database: SESSION_DB, keys: SESSION_KEYS?.split(",").map((key) => key.trim()) };
}

import { type Config, configure } from "../core/config/config.ts";
import type { SessionsOptions } from "../types/options.ts";
import { type Input, type Options, textOf } from "./command.ts";

/** Options that say which of the sessions in a store are meant. They are those of `createSessions()`. */
export const applicationOptions: Options = {
  name: { value: "<name>", about: 'the option "name" of the application; else SESSION_NAME, else "session"' },
  application: { value: "<name>", about: 'its option "application"; else SESSION_APPLICATION' },
  namespace: { value: "<name>", about: 'its option "namespace"; else SESSION_NAMESPACE' },
};

type Settings = Pick<SessionsOptions<object>, "name" | "application" | "namespace" | "pepper">;

/** Reads the options of the application. Its keys come from the environment only, because arguments are no secret. */
export function settingsOf(input: Input): Settings {
  const { env } = input.host;
  const read = (name: string): string | undefined =>
    textOf(input, name) ?? env[`SESSION_${name.toUpperCase()}`] ?? undefined;
  const pepper = keysIn(env.SESSION_PEPPER);
  return {
    name: read("name") || undefined,
    application: read("application") || undefined,
    namespace: read("namespace") || undefined,
    pepper: pepper.length === 0 ? undefined : pepper,
  };
}

/** Splits a list of keys at commas and white space. */
export const keysIn = (text: string | undefined): string[] => (text ?? "").split(/[\s,]+/).filter(Boolean);

type ManagerOptions = Pick<
  SessionsOptions<object>,
  "idleTimeout" | "absoluteTimeout" | "pruneInterval" | "storeTimeout" | "commitTimeout" | "onReuse" | "observer"
>;

/** The limits of the application are not known here, and must not be replaced by others. */
export const managerOptions: ManagerOptions = {
  idleTimeout: false,
  absoluteTimeout: false,
  pruneInterval: false,
  storeTimeout: "30s",
  commitTimeout: "60s",
  onReuse: "report",
  observer: () => undefined,
};

/** @throws SessionError INVALID_OPTION */
export const configOf = (input: Input): Config => configure({ ...settingsOf(input), ...managerOptions });

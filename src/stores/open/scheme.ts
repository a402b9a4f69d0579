import { invalidOption, SessionError } from "../../types/errors.ts";
import type { SessionStore } from "../../types/store.ts";

/** A store's URL, taken apart but not understood. */
export interface StoreUrl {
  /** In lower case, without the colon. */
  readonly scheme: string;
  /** What stands between the colon and the question mark, as it was given. */
  readonly place: string;
  readonly parameters: readonly Parameter[];
}

interface Parameter {
  readonly name: string;
  readonly value: string;
  /** Both, as they were given. */
  readonly source: string;
}

/** Opens the stores of one URL scheme. */
export type Scheme = (url: StoreUrl) => Promise<SessionStore>;

/** Makes an option of the text in a URL. */
type Reader<T> = (text: string, name: string) => T;
type Readers = Readonly<Record<string, Reader<unknown>>>;
type Options<R extends Readers> = { [Name in keyof R]?: ReturnType<R[Name]> };

export const text: Reader<string> = (value) => value;

export const wholeNumber: Reader<number> = (value, name) => {
  if (!/^\d{1,15}$/.test(value)) throw invalidOption(`${name} must be a whole number, and is "${value}".`);
  return Number(value);
};

export const yesOrNo: Reader<boolean> = (value, name) => {
  if (value !== "true" && value !== "false") throw invalidOption(`${name} must be true or false, and is "${value}".`);
  return value === "true";
};

/** A store of this process or host. There is no client behind it that would understand any other parameter. */
export function local<R extends Readers>(
  readers: R,
  open: (place: string, options: Options<R>) => Promise<SessionStore>,
): Scheme {
  return async ({ scheme, place, parameters }) => {
    const { options, others } = takeOptions(parameters, readers);
    if (others[0] !== undefined) {
      const known = Object.keys(readers).join(", ") || "none";
      throw invalidOption(`${scheme}: takes no parameter "${others[0].name}". It takes: ${known}.`);
    }
    return open(place, options);
  };
}

/**
 * A store behind one of some client packages, which gets the URL without the parameters that are the store's own. That a
 * package is there is seen at once: without it no later use could work.
 */
export function remote<R extends Readers>(
  packages: Readonly<Record<string, () => Promise<unknown>>>,
  readers: R,
  open: (url: string, options: Options<R>) => Promise<SessionStore>,
): Scheme {
  return async ({ scheme, place, parameters }) => {
    // A list of hosts is no URL to `URL`: all but the first are left out.
    if (!URL.canParse(`${scheme}:${place.replace(/,[^/@]*(?=\/|$)/, "")}`)) {
      throw invalidOption(
        `The URL of the store at ${scheme}: is malformed. In user name and password, write signs such as # / ? @ as %XX.`,
      );
    }
    const { options, others } = takeOptions(parameters, readers);
    const query = others.map(({ source }) => source).join("&");
    const store = await open(`${scheme}:${place}${query && `?${query}`}`, options);
    await findPackage(scheme, packages);
    return store;
  };
}

async function findPackage(scheme: string, packages: Readonly<Record<string, () => Promise<unknown>>>): Promise<void> {
  const errors: unknown[] = [];
  for (const load of Object.values(packages)) {
    try {
      await load();
      return;
    } catch (error) {
      errors.push(error);
    }
  }
  const [best, ...others] = Object.keys(packages);
  const choice = others.length === 0 ? "" : ` (or "${others.join('", "')}")`;
  throw new SessionError(
    "STORE_UNAVAILABLE",
    `The package for stores at ${scheme}: was not found: run "npm install ${best}"${choice}.`,
    { cause: new AggregateError(errors) },
  );
}

function takeOptions<R extends Readers>(
  parameters: readonly Parameter[],
  readers: R,
): { options: Options<R>; others: readonly Parameter[] } {
  const options = new Map<string, unknown>();
  const others: Parameter[] = [];
  for (const parameter of parameters) {
    const { name, value } = parameter;
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (options.has(name)) throw invalidOption(`The parameter "${name}" is there twice.`);
    if (read) options.set(name, read(value, name));
    else others.push(parameter);
  }
  return { options: Object.fromEntries(options) as Options<R>, others };
}

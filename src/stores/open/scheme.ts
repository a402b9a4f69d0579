import { invalidOption, SessionError } from "../../types/errors.ts";
import type { SessionStore } from "../../types/store.ts";

/** The parts of a store's URL, not yet interpreted. */
export interface StoreUrl {
  /** In lower case, without the colon. */
  readonly scheme: string;
  /** Everything between the colon and the question mark, unchanged. */
  readonly place: string;
  readonly parameters: readonly Parameter[];
}

interface Parameter {
  readonly name: string;
  readonly value: string;
  /** Name and value, unchanged. */
  readonly source: string;
}

/** Opens the stores of one URL scheme. */
export type Scheme = (url: StoreUrl) => Promise<SessionStore>;

/** Parses the value of a parameter. @throws SessionError INVALID_OPTION */
type Reader<T> = (text: string, name: string) => T;
type Readers = Readonly<Record<string, Reader<unknown>>>;
type Options<R extends Readers> = { [Name in keyof R]?: ReturnType<R[Name]> };

export const string: Reader<string> = (value) => value;

export const integer: Reader<number> = (value, name) => {
  if (!/^\d{1,15}$/.test(value)) throw invalidOption(`${name} must be an integer, and is "${value}".`);
  return Number(value);
};

export const flag: Reader<boolean> = (value, name) => {
  if (value !== "true" && value !== "false") throw invalidOption(`${name} must be true or false, and is "${value}".`);
  return value === "true";
};

/** Creates the scheme of a store without a client package. It accepts only the store's own parameters. */
export function local<R extends Readers>(
  readers: R,
  open: (place: string, options: Options<R>) => Promise<SessionStore>,
): Scheme {
  return async ({ scheme, place, parameters }) => {
    const { options, others } = takeOptions(parameters, readers);
    if (others[0] !== undefined) {
      const known = Object.keys(readers).join(", ") || "none";
      throw invalidOption(`${scheme}: has no parameter "${others[0].name}". Its parameters: ${known}.`);
    }
    return open(place, options);
  };
}

/**
 * Creates the scheme of a store with a client package. The client gets the URL without the store's own parameters. A
 * missing package is reported at once, because no later operation could work.
 */
export function remote<R extends Readers>(
  packages: Readonly<Record<string, () => Promise<unknown>>>,
  readers: R,
  open: (url: string, options: Options<R>) => Promise<SessionStore>,
): Scheme {
  return async ({ scheme, place, parameters }) => {
    // `URL` accepts no list of hosts, so check the URL with only the first.
    if (!URL.canParse(`${scheme}:${place.replace(/,[^/@]*(?=\/|$)/, "")}`)) {
      throw invalidOption(
        `The URL of the store at ${scheme}: is malformed. In user name and password, write characters such as # / ? @ as %XX.`,
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
    if (options.has(name)) throw invalidOption(`The parameter "${name}" is given twice.`);
    if (read) options.set(name, read(value, name));
    else others.push(parameter);
  }
  return { options: Object.fromEntries(options) as Options<R>, others };
}

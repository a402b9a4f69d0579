import { checkKeys, type Known } from "../../../core/language/known-keys.ts";
import type { CsrfOptions } from "../../../security/csrf/csrf.ts";
import { invalidOption } from "../../../types/errors.ts";
import { type DevicesWords, english } from "./words.ts";

/** Options of `devicesHandler()`. */
export interface DevicesOptions {
  /** The key in the session's data that holds what the device is called, see `deviceLabel()`. @default "device" */
  readonly label?: string | undefined;
  /** Where somebody who is not signed in is sent, such as "/sign-in". @default a page with status 401 */
  readonly signIn?: string | undefined;
  /** Where the user is sent after signing out this device. @default "/" */
  readonly signedOut?: string | undefined;
  /** A path that the page links to. @default no link */
  readonly home?: string | undefined;
  /** Texts that replace the English ones. @default none */
  readonly words?: Partial<DevicesWords> | undefined;
  /** The language of the texts, as in `<html lang>`; times are written in it. @default "en" */
  readonly lang?: string | undefined;
  /** Options of `csrf()`. @default those of `csrf()` */
  readonly csrf?: CsrfOptions | undefined;
}

const known: Known<DevicesOptions> = {
  label: true,
  signIn: true,
  signedOut: true,
  home: true,
  words: true,
  lang: true,
  csrf: true,
};

const knownWords = Object.fromEntries(Object.keys(english).map((name) => [name, true])) as Known<DevicesWords>;

export interface CheckedOptions {
  readonly label: string;
  readonly signIn: string | undefined;
  readonly signedOut: string;
  readonly home: string | undefined;
  readonly words: DevicesWords;
  readonly lang: string;
  readonly csrf: CsrfOptions | undefined;
}

export function checkDevicesOptions(options: DevicesOptions): CheckedOptions {
  checkKeys(options, known, "devicesHandler()");
  const { label = "device", signIn, signedOut = "/", home, words = {}, lang = "en", csrf } = options;
  checkKeys(words, knownWords, "words");
  for (const [name, value] of Object.entries({ label, signIn, signedOut, home, lang, ...words })) {
    if (value !== undefined && typeof value !== "string") throw invalidOption(`${name} must be a string.`);
  }
  return { label, signIn, signedOut, home, words: { ...english, ...words }, lang: checkLang(lang), csrf };
}

function checkLang(lang: string): string {
  try {
    return Intl.getCanonicalLocales(lang)[0] ?? "en";
  } catch {
    throw invalidOption('lang must be a language such as "en" or "pt-BR".');
  }
}

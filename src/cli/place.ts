import { existsSync } from "node:fs";
import { pathOf } from "../stores/open/path.ts";
import { type Input, type Options, textOf } from "./command.ts";
import { misuse } from "./stop.ts";

/** Where sessions are kept. */
export interface Place {
  /** For `openStore`. May hold a password. */
  readonly url: string;
  /** What may be shown of it. */
  readonly shown: string;
}

/** The URL of a store as an option. */
export const placeOption = (what: string, variable: string): Options[string] => ({
  value: "<url>",
  about: `${what}; else ${variable}. env:NAME takes it from the variable NAME`,
});

/** @throws Stop if there is no URL, or an argument holds a password */
export function placeOf(input: Input, option: string, variable: string): Place {
  const given = textOf(input, option);
  const name = given?.startsWith("env:") ? given.slice("env:".length) : variable;
  const url = given === undefined || given.startsWith("env:") ? input.host.env[name] : given;
  if (!url) {
    const hint = `Set ${variable} to its URL, or give --${option}, as in --${option} sqlite:./data/sessions.db.`;
    throw misuse(given ? `The variable ${name} is not set. ${hint}` : `Which store? ${hint}`);
  }
  if (url === given && hasPassword(url)) {
    throw misuse(
      `The URL in --${option} has a password, and everybody on this host can see arguments. Nothing was done. Put the URL into ${variable}, or into a variable of your own and give --${option} env:NAME. Change the password if others use this host.`,
    );
  }
  if (/^memory:/i.test(url)) {
    throw misuse(
      "memory: is the memory of the application itself, which no other process can see. Name another store.",
    );
  }
  const [, scheme = "", rest = ""] = /^([^:]*:(?:\/\/)?)([^?]*)/.exec(url) ?? [];
  return { url, shown: scheme + (scheme.endsWith("//") ? rest.replace(/^.*@/, "") : rest) };
}

function hasPassword(url: string): boolean {
  const [, credentials = ""] = /^[^:]+:\/\/([^/?]*)@/.exec(url) ?? [];
  return /:./.test(credentials) || /[?&](?:password|pass|pwd)=./i.test(url);
}

/** A place that is only looked at: nothing is created there. @throws Stop if there is nothing */
export function existing(place: Place): Place {
  const [, scheme = "", path = ""] = /^([^:]*):([^?]*)/.exec(place.url) ?? [];
  if (/^(sqlite|file)$/i.test(scheme)) {
    if (!existsSync(pathOf(path)))
      throw misuse(`There is nothing at ${place.shown}. Is this the folder that the path begins in?`);
  }
  const keep = /^(sqlite|postgres|postgresql|mysql|mariadb)$/i.test(scheme)
    ? "createTable=false"
    : /^mongodb/i.test(scheme)
      ? "createIndexes=false"
      : "";
  if (keep === "" || /[?&]create(Table|Indexes)=/.test(place.url)) return place;
  return { ...place, url: `${place.url}${place.url.includes("?") ? "&" : "?"}${keep}` };
}

import { parseSetCookie } from "cookie";
import { parseToken } from "../../core/record/token.ts";
import { judgeCookie } from "../../operations/shared/judge-cookie.ts";
import { reason } from "../../stores/shared/client-error.ts";
import { misuse } from "../stop.ts";
import { advice, type Finding, fault, ok } from "./finding.ts";

interface Page {
  readonly url: URL;
  readonly headers: Headers;
}

const mostRedirects = 5;
const timeLimit = 15_000;
const prefixes = ["__Host-", "__Secure-", ""];

/** Asks a running application for a page as a new visitor, and once more with the cookie that it set. */
export async function checkUrl(given: string, name: string): Promise<Finding[]> {
  if (!URL.canParse(given) || !/^https?:/.test(given))
    throw misuse("--url takes an address that begins with https:// or http://.");
  const found: Finding[] = [];
  let url = new URL(given);
  try {
    for (let hop = 0; hop <= mostRedirects; hop++) {
      const page = await get(url, undefined);
      const lines = linesOf(page, name);
      if (lines.length > 0)
        return [...found, ...judgePage(page, lines), ...(await comesBack(page, lines.at(-1) ?? "", name))];
      const next = page.headers.get("location");
      if (next === null) return [...found, none(page, name)];
      url = new URL(next, url);
      found.push(ok("page", `It leads on to ${url.origin}${url.pathname}.`));
    }
    return [...found, fault("page", `It leads on and on: ${mostRedirects} redirects without the cookie.`)];
  } catch (error) {
    const cause = (error as { readonly cause?: unknown }).cause ?? error;
    return [...found, fault("page", `${url.origin} did not answer: ${reason(cause)}`)];
  }
}

async function get(url: URL, cookie: string | undefined): Promise<Page> {
  const headers = { accept: "text/html", "user-agent": "coatcheck doctor", ...(cookie !== undefined && { cookie }) };
  const response = await fetch(url, { headers, redirect: "manual", signal: AbortSignal.timeout(timeLimit) });
  await response.body?.cancel();
  return { url, headers: response.headers };
}

const linesOf = ({ headers }: Page, name: string): string[] =>
  headers.getSetCookie().filter((line) => prefixes.some((prefix) => parseSetCookie(line).name === prefix + name));

function none({ url, headers }: Page, name: string): Finding {
  const others = headers.getSetCookie().map((line) => parseSetCookie(line).name);
  const seen = others.length === 0 ? "It set none" : `It set ${others.join(", ")}`;
  return advice(
    "cookie",
    `${url.pathname} set no cookie ${name}. ${seen}. Give a page that writes into the session, such as that of the sign-in, or the name (--name).`,
  );
}

function judgePage({ url, headers }: Page, lines: readonly string[]): Finding[] {
  const cookies = lines
    .flatMap((line) => judgeCookie(line, url, Date.now()))
    .map((one): Finding => ({ check: "cookie", ...one }));
  const caching = headers.get("cache-control") ?? "";
  return [
    ...(cookies.length === 0 ? [ok("cookie", "A browser keeps the cookie, and nothing weakens it.")] : cookies),
    ...(lines.length > 1
      ? [fault("cookie", `It comes ${lines.length} times in one response: the last one wins.`)]
      : []),
    /\b(private|no-store)\b/i.test(caching)
      ? ok("caches", "No shared cache keeps the response.")
      : fault(
          "caches",
          "The response that sets the cookie is not private: a shared cache may hand one visitor's cookie to others.",
        ),
  ];
}

/** A second request, as the browser would make it. */
async function comesBack(page: Page, line: string, name: string): Promise<Finding[]> {
  const { name: full, value = "" } = parseSetCookie(line);
  const [again] = linesOf(await get(page.url, `${full}=${value}`), name);
  const next = again === undefined ? value : (parseSetCookie(again).value ?? "");
  const [before, after] = [parseToken(value), parseToken(next)];
  if (before === undefined || after === undefined || before.id === after.id) {
    return [ok("next visit", "The application takes its cookie back.")];
  }
  return [
    fault(
      "next visit",
      "The application did not know its own cookie, and made a new session. Do all its processes have one store, one name and one application?",
    ),
  ];
}

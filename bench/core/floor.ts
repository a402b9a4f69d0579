import { hash, randomBytes } from "node:crypto";
import { bareCrypto } from "../crypto/bare.ts";
import type { BenchData } from "../data.ts";
import type { CoreRoute, Head, Program, ProgramOptions, Visited } from "./program.ts";

// The least that any library must do for the same work: find the cookie, hash the token, look the session up, compare
// digest and deadline, parse and format what is asked for, replace the version that was read, set a header. No checks of
// what came in, no limits but one, no events, no protection of anything against anyone.

const name = "__Host-session";
const idle = 24 * 60 * 60 * 1000;

export function floor({ kept, clock }: ProgramOptions): Program {
  return { memory: inMemory, later: storedLater, sealed: inCookie }[kept](clock);
}

type Clock = () => number;

/** Every value as its text, so that no caller holds what is stored. */
interface Entry {
  readonly digest: string;
  readonly version: number;
  readonly expiresAt: number;
  readonly values: Readonly<Record<string, string>>;
}

function inMemory(clock: Clock): Program {
  const entries = new Map<string, Entry>();
  return {
    async begin(data) {
      const { id, secret } = newToken();
      const values = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, JSON.stringify(value)]));
      entries.set(id, { digest: digestOf(secret), version: 1, expiresAt: clock() + idle, values });
      return `${name}=${id}.${secret}`;
    },
    visit(head, route) {
      const now = clock();
      const { id, secret } = parseToken(cookieOf(head));
      const entry = entries.get(id);
      if (!entry || entry.expiresAt <= now || !isSame(entry.digest, digestOf(secret))) throw new Error("No session.");
      if (route === "untouched") return nothing;
      const views: number = JSON.parse(entry.values.views!);
      if (route === "read") return { views, setCookie: undefined };
      if (entries.get(id)?.version !== entry.version) throw new Error("Changed.");
      const expiresAt = now + idle;
      const values = { ...entry.values, views: JSON.stringify(views + 1) };
      entries.set(id, { digest: entry.digest, version: entry.version + 1, expiresAt, values });
      return { views: views + 1, setCookie: setCookieLine(`${id}.${secret}`, expiresAt) };
    },
  };
}

/** A row as a database returns it. */
interface Row {
  readonly digest: string;
  readonly version: number;
  readonly expiresAt: number;
  readonly body: string;
}

function storedLater(clock: Clock): Program {
  const rows = new Map<string, Row>();
  const read = async (id: string): Promise<Row | undefined> => rows.get(id);
  const replace = async (id: string, row: Row): Promise<boolean> => {
    if (rows.get(id)?.version !== row.version - 1) return false;
    rows.set(id, row);
    return true;
  };
  return {
    async begin(data) {
      const { id, secret } = newToken();
      rows.set(id, { digest: digestOf(secret), version: 1, expiresAt: clock() + idle, body: JSON.stringify(data) });
      return `${name}=${id}.${secret}`;
    },
    async visit(head, route) {
      const now = clock();
      const { id, secret } = parseToken(cookieOf(head));
      const row = await read(id);
      if (!row || row.expiresAt <= now || !isSame(row.digest, digestOf(secret))) throw new Error("No session.");
      if (route === "untouched") return nothing;
      const data: BenchData = JSON.parse(row.body);
      if (route === "read") return { views: data.views, setCookie: undefined };
      data.views++;
      const expiresAt = now + idle;
      const next = { digest: row.digest, version: row.version + 1, expiresAt, body: JSON.stringify(data) };
      if (!(await replace(id, next))) throw new Error("Changed.");
      return { views: data.views, setCookie: setCookieLine(`${id}.${secret}`, expiresAt) };
    },
  };
}

function inCookie(clock: Clock): Program {
  const seal = (data: BenchData, expiresAt: number): string =>
    bareCrypto.seal(JSON.stringify({ expiresAt, data })) as string;
  return {
    begin: async (data) => `${name}=${seal(data, clock() + idle)}`,
    visit(head, route) {
      const now = clock();
      const { expiresAt, data } = JSON.parse(bareCrypto.unseal(cookieOf(head)) as string);
      if (expiresAt <= now) throw new Error("No session.");
      if (route === "untouched") return nothing;
      if (route === "read") return { views: data.views, setCookie: undefined };
      data.views++;
      return { views: data.views, setCookie: setCookieLine(seal(data, now + idle), now + idle) };
    },
  } satisfies Program & { visit(head: Head, route: CoreRoute): Visited };
}

const nothing: Visited = { views: undefined, setCookie: undefined };

function cookieOf(head: Head): string {
  const header = head.header("cookie") ?? "";
  const start = header.indexOf(`${name}=`) + name.length + 1;
  const end = header.indexOf(";", start);
  return header.slice(start, end === -1 ? undefined : end);
}

const newToken = () => ({
  id: randomBytes(16).toString("base64url"),
  secret: randomBytes(32).toString("base64url"),
});

function parseToken(token: string): { readonly id: string; readonly secret: string } {
  const dot = token.indexOf(".");
  return { id: token.slice(0, dot), secret: token.slice(dot + 1) };
}

const digestOf = (secret: string): string => hash("sha256", secret, "base64url");

/** In constant time. */
function isSame(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}

const setCookieLine = (token: string, expiresAt: number): string =>
  `${name}=${token}; Path=/; Expires=${new Date(expiresAt).toUTCString()}; HttpOnly; Secure; SameSite=Lax`;

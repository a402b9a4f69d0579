import { createHmac, timingSafeEqual } from "node:crypto";

/** The cookie of another library. */
export interface Foreign {
  readonly format: string;
  /** What it is, and what can be said without its key. */
  readonly about: string;
  /** What its signature is made over, and how. Absent: this command cannot check it. */
  readonly signed?: { readonly text: string; readonly signature: string };
}

interface Format {
  readonly pattern: RegExp;
  read(match: RegExpExecArray): Foreign | undefined;
}

const formats: readonly Format[] = [
  {
    pattern: /^s:([^.]+)\.([A-Za-z0-9+/]{43})$/,
    read: ([, text = "", signature = ""]) => ({
      format: "express-session",
      about: "A signed session id of express-session, or of another library that signs as it does",
      signed: { text, signature },
    }),
  },
  {
    pattern: /^Fe26\.2\*(?:[^*]*\*){6}[^*]+$/,
    read: ([whole]) => ({
      format: "iron",
      about: whole.endsWith("~2") ? "A sealed cookie of iron-session" : "A sealed cookie of h3, Nuxt or hono-sessions",
    }),
  },
  {
    pattern: /^([\w-]+)\.[\w-]*\.[\w-]*\.[\w-]+\.[\w-]+$/,
    read: ([, head = ""]) => algorithm(head, "JWE", "An encrypted token (JWE), as Auth.js and NextAuth use"),
  },
  {
    pattern: /^([\w-]+)\.[\w-]+\.[\w-]*$/,
    read: ([, head = ""]) =>
      algorithm(head, "JWT", "A JSON Web Token, which everybody can read") ?? {
        format: "itsdangerous",
        about: "A signed cookie of Flask, Django or another user of itsdangerous, which everybody can read",
      },
  },
  {
    pattern: /^([A-Za-z0-9+/]+={0,2});[A-Za-z0-9+/]{32}$/,
    read: () => ({ format: "secure-session", about: "A sealed cookie of @fastify/secure-session" }),
  },
  {
    pattern: /^([A-Za-z0-9+/]+={0,2})\.([A-Za-z0-9+/]{43})$/,
    read: ([, text = "", signature = ""]) =>
      json(text) === undefined
        ? undefined
        : {
            format: "remix",
            about: "A signed cookie of React Router or Remix, which everybody can read",
            signed: { text, signature },
          },
  },
  {
    pattern: /^[A-Za-z0-9]{32}\.[A-Za-z0-9+/]{43}=$/,
    read: () => ({ format: "better-auth", about: "A signed session token of better-auth" }),
  },
  {
    pattern: /^[A-Za-z0-9+/]+={0,2}$/,
    read: ([text]) =>
      json(text) === undefined
        ? undefined
        : {
            format: "cookie-session",
            about:
              "The JSON of cookie-session or koa-session, which everybody can read; its signature is in a cookie of its own, with .sig behind the name",
          },
  },
];

/** Says whose cookie this is, or `undefined`. */
export function recognise(value: string): Foreign | undefined {
  const text = decoded(value);
  for (const { pattern, read } of formats) {
    const match = pattern.exec(text);
    const found = match && read(match);
    if (found) return found;
  }
  return undefined;
}

/** Returns the position of the key that made a signature as package cookie-signature does, from 1. */
export function signingKey(
  { text, signature }: NonNullable<Foreign["signed"]>,
  keys: readonly string[],
): number | undefined {
  const given = Buffer.from(signature, "base64");
  const at = keys.findIndex((key) => timingSafeEqual(createHmac("sha256", key).update(text).digest(), given));
  return at === -1 ? undefined : at + 1;
}

function algorithm(head: string, format: string, about: string): Foreign | undefined {
  const header = json(head) as { readonly alg?: unknown } | undefined;
  return typeof header?.alg === "string" ? { format, about } : undefined;
}

/** Returns the object in base64 or base64url. */
function json(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64").toString("utf8"));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

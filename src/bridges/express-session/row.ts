/**
 * Imitates the cookie of an express-session with this lifetime. Stores read their expiry from any of these members, and
 * use one day if they do not find it.
 */
class RowCookie {
  readonly originalMaxAge: number;
  readonly expires: Date;

  constructor(lifetime: number) {
    this.originalMaxAge = lifetime;
    this.expires = new Date(Date.now() + lifetime);
  }

  get maxAge(): number {
    return this.expires.getTime() - Date.now();
  }

  toJSON(): object {
    const { originalMaxAge, expires } = this;
    return { originalMaxAge, expires, httpOnly: true, path: "/" };
  }
}

/** Returns a new session object for each call, because some stores modify it. */
export function rowOf(text: string, lifetime: number): object {
  return { cookie: new RowCookie(lifetime), coatcheck: text };
}

/** Returns the record in a row, which is an object or its JSON and may have extra fields. Returns foreign rows unchanged. */
export function textOf(row: unknown): unknown {
  const { coatcheck } = Object(typeof row === "string" ? parse(row) : row) as { coatcheck?: unknown };
  return coatcheck ?? row;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

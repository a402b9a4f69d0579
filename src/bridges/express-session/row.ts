/**
 * Looks to a store like the cookie of an express-session that lives so long. Stores take their deadline from any of
 * these; what they do not find here they replace by a day.
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

/** A new object for each call, because some stores write on what they are given. */
export function rowOf(text: string, lifetime: number): object {
  return { cookie: new RowCookie(lifetime), coatcheck: text };
}

/** Our text in a row, which is an object or its JSON and may have grown fields; a row of anybody else as it is. */
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

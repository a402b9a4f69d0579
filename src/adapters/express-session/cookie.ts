import { stringifySetCookie } from "cookie";
import { isDate } from "../../core/language/shape.ts";

/** The attributes of a session's cookie. */
export interface CookieOptions {
  /** Milliseconds. `null`: until the browser closes. */
  maxAge?: number | Date | null | undefined;
  expires?: Date | null | undefined;
  originalMaxAge?: number | null | undefined;
  path?: string | undefined;
  domain?: string | undefined;
  httpOnly?: boolean | undefined;
  partitioned?: boolean | undefined;
  priority?: "low" | "medium" | "high" | undefined;
  /** "auto": `none` over https, else `lax`. As an option of the middleware only. */
  sameSite?: boolean | "lax" | "strict" | "none" | "auto" | undefined;
  /** "auto": as the request came. As an option of the middleware only. */
  secure?: boolean | "auto" | undefined;
}

/** The cookie of a session, in the request and in its row. */
export class Cookie {
  path: string | undefined = "/";
  httpOnly: boolean | undefined = true;
  /** The lifetime that `touch()` starts again, in milliseconds. `null`: until the browser closes. */
  originalMaxAge: number | null = null;
  declare domain?: string | undefined;
  declare secure?: CookieOptions["secure"];
  declare sameSite?: CookieOptions["sameSite"];
  declare partitioned?: boolean | undefined;
  declare priority?: CookieOptions["priority"];
  // Not a private field: applications clone sessions, and a clone has no private fields.
  _expires: Date | null = null;

  /** @throws TypeError for options that are no object, and for a `maxAge` that is no number and no Date */
  constructor(options?: CookieOptions | null) {
    if (options !== undefined && options !== null && typeof options !== "object") {
      throw new TypeError(`The argument options is ${typeof options}. Pass an object with the cookie's attributes.`);
    }
    const { originalMaxAge, ...attributes } = options ?? {};
    for (const [name, value] of Object.entries(attributes)) if (name !== "data") Reflect.set(this, name, value);
    if (originalMaxAge !== undefined) this.originalMaxAge = originalMaxAge;
  }

  get expires(): Date | null {
    return this._expires;
  }

  set expires(expires: Date | null) {
    this._expires = expires;
    this.originalMaxAge = this.maxAge;
  }

  /** Milliseconds until it expires. */
  get maxAge(): number | null {
    return isDate(this._expires) ? this._expires.getTime() - Date.now() : this._expires;
  }

  set maxAge(lifetime: number | Date | null | undefined) {
    if (typeof lifetime === "number") {
      this._expires = new Date(Date.now() + lifetime);
      this.originalMaxAge = lifetime;
    } else if (isDate(lifetime)) this.expires = lifetime;
    else if (lifetime === undefined || lifetime === null) this.expires = null;
    else throw new TypeError(`maxAge is ${typeof lifetime}. Give a number of milliseconds, a Date or null.`);
  }

  /** The attributes as rows have them. Those that are not set vanish in JSON. */
  get data(): Record<string, unknown> {
    const { originalMaxAge, partitioned, priority, expires, secure, httpOnly, domain, path, sameSite } = this;
    return { originalMaxAge, partitioned, priority, expires, secure, httpOnly, domain, path, sameSite };
  }

  toJSON(): Record<string, unknown> {
    return this.data;
  }

  /** Returns the `Set-Cookie` line of a cookie with these attributes. @throws TypeError for an attribute that is invalid */
  serialize(name: string, value: string): string {
    const { originalMaxAge: _, expires, ...attributes } = this.data as CookieOptions;
    if (!expires) return stringifySetCookie(name, value, attributes as object);
    if (!isDate(expires) || Number.isNaN(expires.getTime())) throw new TypeError("option expires is invalid");
    const seconds = Math.max(0, Math.ceil((expires.getTime() - Date.now()) / 1000));
    return stringifySetCookie(name, value, { ...(attributes as object), maxAge: seconds, expires });
  }

  /** Returns the `Set-Cookie` line that makes a browser forget it. */
  clear(name: string): string {
    return stringifySetCookie(name, "", { ...(this.data as object), maxAge: 0, expires: new Date(0) });
  }
}

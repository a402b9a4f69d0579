/** Under this name a row carries what its store remembers of it, on to the session that is made of it. */
const origin: unique symbol = Symbol.for("coatcheck.express-session.origin");

export const originOf = (row: object | undefined | null): unknown =>
  (row as { readonly [origin]?: unknown } | undefined | null)?.[origin];

export function setOrigin(row: object, value: unknown): void {
  Object.defineProperty(row, origin, { value, configurable: true });
}

interface Constructor {
  readonly prototype: object;
}

/**
 * Makes a constructor function extend another one. Not by `class`, because stores of long ago call their base without
 * `new`: `Store.call(this)` and `util.inherits`.
 */
export function inherit(derived: Constructor, base: Constructor, methods: object): void {
  Object.setPrototypeOf(derived, base);
  Object.setPrototypeOf(derived.prototype, base.prototype);
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(derived.prototype, name, { value, configurable: true, writable: true });
  }
}

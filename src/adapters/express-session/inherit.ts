interface Constructor {
  readonly prototype: object;
}

/**
 * Makes a function a class that extends another one. Not by `class`, because stores of long ago call their base without
 * `new`: `Store.call(this)` and `util.inherits`.
 */
export function inherit(constructor: Constructor, base: Constructor, methods: object): void {
  Object.setPrototypeOf(constructor, base);
  Object.setPrototypeOf(constructor.prototype, base.prototype);
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(constructor.prototype, name, { value, configurable: true, writable: true });
  }
}

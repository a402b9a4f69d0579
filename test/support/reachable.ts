/** What belongs to the language, and to everybody. */
const everybodys = new Set<unknown>(
  [Object, Function, Promise, Date, Error, TypeError, Array, Map, Set]
    .flatMap((type) => [type, type.prototype])
    .concat([Object.getPrototypeOf(async () => undefined)]),
);

/** Every object and function that somebody who holds this object can get hold of: by properties, accessors and prototypes. */
export function reachableFrom(root: object): Set<object> {
  const found = new Set<object>();
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const next = waiting.pop();
    const isObject = (typeof next === "object" && next !== null) || typeof next === "function";
    if (!isObject || everybodys.has(next) || next instanceof AbortSignal || found.has(next)) continue;
    found.add(next);
    waiting.push(Object.getPrototypeOf(next));
    for (const key of Reflect.ownKeys(next)) {
      const { value, get, set } = Object.getOwnPropertyDescriptor(next, key)!;
      waiting.push(value, get, set, get && attempt(() => Reflect.get(next, key, root)));
    }
  }
  return found;
}

function attempt(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return undefined;
  }
}

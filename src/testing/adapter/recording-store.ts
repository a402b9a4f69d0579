import type { Awaitable } from "../../types/awaitable.ts";
import { SessionError } from "../../types/errors.ts";
import type { SessionStore } from "../../types/store.ts";

type Method = "read" | "create" | "replace" | "touch" | "delete";

/** A store that records its calls and can be slow or down. */
export interface TestStore extends SessionStore {
  /** The methods called, in order. */
  readonly calls: Method[];
  /** The methods that succeeded, in order of completion. */
  readonly events: string[];
  /** Those of the methods that wrote something. A late response may read once more. */
  readonly writes: string[];
  /** The duration of a write in milliseconds. */
  delay: number;
  isDown: boolean;
}

export function testStore(store: SessionStore): TestStore {
  const wrap = <Args extends unknown[], T>(method: Method, run: (...args: Args) => Awaitable<T>) => {
    return async (...args: Args): Promise<T> => {
      wrapped.calls.push(method);
      if (wrapped.isDown) throw new SessionError("STORE_UNAVAILABLE", "The test has switched the store off.");
      if (method !== "read" && wrapped.delay > 0) await new Promise((resolve) => setTimeout(resolve, wrapped.delay));
      const result = await run(...args);
      wrapped.events.push(method);
      return result;
    };
  };
  const wrapped: TestStore = {
    ...store,
    read: wrap("read", store.read),
    create: wrap("create", store.create),
    replace: wrap("replace", store.replace),
    touch: wrap("touch", store.touch),
    delete: wrap("delete", store.delete),
    calls: [],
    events: [],
    get writes() {
      return wrapped.events.filter((method) => method !== "read");
    },
    delay: 0,
    isDown: false,
  };
  return wrapped;
}

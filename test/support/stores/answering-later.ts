import type { SessionStore } from "coatcheck";

/** The same store, each of whose answers is a promise, as a database gives them. */
export function answeringLater(store: SessionStore): SessionStore {
  const { read, create, replace, touch, delete: remove } = store;
  return {
    ...store,
    read: async (...call) => read(...call),
    create: async (...call) => create(...call),
    replace: async (...call) => replace(...call),
    touch: async (...call) => touch(...call),
    delete: async (...call) => remove(...call),
  };
}

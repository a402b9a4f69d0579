import { createSessions } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";

const store = memoryStore();
const refuse = () => Promise.reject(new Error("the store is down"));

/** While it is down, nothing can be read or stored. */
export const health = { isDown: false };

export const sessions = createSessions<Visit>({
  store: {
    ...store,
    read: (...call) => (health.isDown ? refuse() : store.read(...call)),
    create: (...call) => (health.isDown ? refuse() : store.create(...call)),
    replace: (...call) => (health.isDown ? refuse() : store.replace(...call)),
  },
  observer: () => undefined,
});

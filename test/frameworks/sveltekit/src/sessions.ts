import { createSessions } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";

const store = memoryStore();
const refuse = () => Promise.reject(new Error("the store is down"));

/** What the store is not capable of at the moment. */
export const health = { isReadable: true, isWritable: true };

export const sessions = createSessions<Visit>({
  store: {
    ...store,
    read: (...call) => (health.isReadable ? store.read(...call) : refuse()),
    create: (...call) => (health.isWritable ? store.create(...call) : refuse()),
    replace: (...call) => (health.isWritable ? store.replace(...call) : refuse()),
  },
  observer: () => undefined,
});

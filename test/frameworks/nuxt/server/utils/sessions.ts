import { createSessions } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import type { Visit } from "../../shared/types/session";

const store = memoryStore();

/** How the store is at the moment, and how often it was read. */
export const health = { isWritable: true, reads: 0 };

export const sessions = createSessions<Visit>({
  store: {
    ...store,
    read: (...call) => {
      health.reads += 1;
      return store.read(...call);
    },
    create: (...call) => (health.isWritable ? store.create(...call) : Promise.reject(new Error("the store is down"))),
  },
  skip: ({ url }) => url.startsWith("/_nuxt/"),
  observer: () => undefined,
});

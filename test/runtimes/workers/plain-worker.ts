import { createSessions, generateKey } from "coatcheck";
import { cookieStore } from "coatcheck/stores/cookie";
import { memoryStore } from "coatcheck/stores/memory";

export { d1Store } from "coatcheck/stores/d1";
export { durableObjectStore, SessionShard } from "coatcheck/stores/durable-object";

// Made before the first request, as applications do; only the key is random, which nothing may be that early.
const inMemory = createSessions<{ views: number }>({ store: memoryStore() });
let inCookie: ReturnType<typeof sealed> | undefined;
const sealed = () => createSessions<{ views: number }>({ name: "sealed", store: cookieStore({ keys: generateKey() }) });

export default {
  fetch(request: Request): Promise<Response> {
    inCookie ??= sealed();
    const outer = inCookie;
    return outer.handle(request, () =>
      inMemory.handle(request, () => {
        const views = [outer, inMemory].map((sessions) => sessions.get(request).set("views", 1).get("views"));
        const { process, Buffer } = globalThis as { process?: unknown; Buffer?: unknown };
        return Response.json({ globals: [typeof process, typeof Buffer], views });
      }),
    );
  },
};

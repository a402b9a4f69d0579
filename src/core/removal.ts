import type { Engine } from "./engine.ts";
import { noteEnding } from "./newest.ts";
import type { SessionStore } from "./store.ts";
import { askStore } from "./store-call.ts";

/** Ends a session. True: there was one. @throws SessionError when the store fails */
export async function removeRecord(engine: Engine, store: SessionStore, id: string): Promise<boolean> {
  const key = { namespace: engine.config.namespace, id };
  try {
    return await askStore(engine, "delete", (call) => store.delete(key, call));
  } finally {
    noteEnding();
  }
}

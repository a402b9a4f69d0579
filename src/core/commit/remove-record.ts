import type { SessionStore } from "../../types/store.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { noteEnding } from "../runtime/ended-tokens.ts";
import { askStore } from "../runtime/store-call.ts";

/** Ends a session. True: there was one. @throws SessionError when the store fails */
export async function removeRecord(context: ManagerContext, store: SessionStore, id: string): Promise<boolean> {
  const key = { namespace: context.config.namespace, id };
  try {
    return await askStore(context, "delete", (call) => store.delete(key, call));
  } finally {
    noteEnding();
  }
}

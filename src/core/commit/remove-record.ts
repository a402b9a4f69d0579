import type { SessionStore } from "../../types/store.ts";
import { type Flow, wait } from "../language/flow.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { noteEnding } from "../runtime/ended-tokens.ts";
import { askStore } from "../runtime/store-call.ts";

/** Ends a session. True: there was one. @throws SessionError when the store fails */
export function* removeRecord(context: ManagerContext, store: SessionStore, id: string): Flow<boolean> {
  const key = { namespace: context.config.namespace, id };
  if (context.beforeEnd && !(yield* wait(context.beforeEnd(id)))) return false;
  try {
    return yield* wait(askStore(context, "delete", (call) => store.delete(key, call)));
  } finally {
    noteEnding();
  }
}

import type { SessionManager } from "../../types/sessions.ts";
import type { SealedStore } from "../../types/store.ts";
import type { Transport } from "../../types/transport.ts";
import { cookieBackend } from "../backend/cookie-backend.ts";
import type { Config } from "../config/config.ts";
import { frozen } from "../language/guard.ts";
import { createClock } from "../runtime/clock.ts";
import { createManagerContext } from "../runtime/context.ts";
import { type AnyData, createManager } from "./manager.ts";

/** Creates a manager of sealed sessions, which the client's token contains. */
export function createSealedSessions(
  config: Config,
  store: SealedStore,
  transports: readonly Transport[],
): SessionManager<AnyData> {
  const context = createManagerContext(config, createClock(config.clock, {}, 0));
  const backend = cookieBackend(context, store);
  return frozen(createManager(context, backend, store.name, transports, async () => undefined));
}

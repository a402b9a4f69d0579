import type { ServiceServer } from "./service-server.ts";

/** A share in the service server of the whole run. */
export interface Share {
  readonly url: string;
  /** Closes the server with the last share. */
  release(): Promise<void>;
}

interface Shared {
  readonly server: Promise<ServiceServer>;
  users: number;
}

// Vitest loads the set-up once for each project, each time as modules of their own in the same process.
const key = Symbol.for("coatcheck.test.services");
const registry = globalThis as { [key]?: Shared | undefined };

/** Starts the service server, or shares the one that another project's set-up has started. */
export async function shareServiceServer(start: () => Promise<ServiceServer>): Promise<Share> {
  registry[key] ??= { server: start(), users: 0 };
  const shared = registry[key];
  shared.users++;
  const { url, close } = await shared.server;
  return {
    url,
    async release() {
      shared.users--;
      if (shared.users > 0) return;
      registry[key] = undefined;
      await close();
    },
  };
}

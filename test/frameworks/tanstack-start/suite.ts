import { AsyncLocalStorage } from "node:async_hooks";
import type { AdapterApp, AdapterUnderTest } from "coatcheck/testing";

/** What a server of the suite mounts and answers. The built application finds it here. */
export interface Suite {
  readonly mounts: Parameters<AdapterUnderTest["serve"]>[0];
  readonly app: AdapterApp;
}

declare global {
  var suite: AsyncLocalStorage<Suite>;
}
globalThis.suite ??= new AsyncLocalStorage<Suite>();

export const served: AsyncLocalStorage<Suite> = globalThis.suite;

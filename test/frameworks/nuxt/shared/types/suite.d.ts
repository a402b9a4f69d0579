import type { AdapterApp, AdapterUnderTest } from "coatcheck/testing";

/** What a server of the suite mounts and answers. The built application looks for it when it begins. */
interface Suite {
  readonly mounts: Parameters<AdapterUnderTest["serve"]>[0];
  readonly app: AdapterApp;
}

declare global {
  var suite: Suite | undefined;
}

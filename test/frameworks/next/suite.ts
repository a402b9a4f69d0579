import type { SessionManager } from "coatcheck";
import type { AdapterApp } from "coatcheck/testing";

/** What a server of the adapter suite serves. */
export interface Suite {
  readonly mounts: readonly SessionManager<{ [key: string]: unknown }>[];
  readonly app: AdapterApp;
}

/** Tells the built application which server a request came to. */
export const suiteHeader = "x-suite";

const shared = globalThis as { coatcheckSuites?: Map<string, Suite> };
shared.coatcheckSuites ??= new Map();

/** The servers that run, where the built application finds them, which has modules of its own. */
export const suites: Map<string, Suite> = shared.coatcheckSuites;

export type {
  AdapterApp,
  AdapterCase,
  AdapterLibrary,
  AdapterServer,
  AdapterUnderTest,
} from "./adapter/conformance.ts";
export { adapterConformance } from "./adapter/conformance.ts";
export type { TestClock } from "./clock.ts";
export { testClock } from "./clock.ts";
export type { Jar, JarCookie } from "./cookie-jar.ts";
export { createJar } from "./cookie-jar.ts";
export type { SharedCache, SharedCacheOptions } from "./shared-cache.ts";
export { createSharedCache } from "./shared-cache.ts";
export type { StoreAbility, StoreCase, StoreConformanceOptions } from "./store/conformance.ts";
export { storeConformance } from "./store/conformance.ts";

import { onTestFailed, onTestFinished } from "vitest";
import { type FaultProxy, type ProxyOptions, startProxy } from "./proxy.ts";

/** A proxy for one test. If the test fails, its seed is printed. */
export async function proxied(target: string, options: ProxyOptions = {}): Promise<FaultProxy> {
  const proxy = await startProxy(target, options);
  onTestFinished(() => proxy.close());
  onTestFailed(() => console.error(`The proxy's faults can be repeated with PROXY_SEED=${proxy.seed}`));
  return proxy;
}

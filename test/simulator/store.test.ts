import type { SessionStore } from "coatcheck";
import { storeConformance } from "coatcheck/testing";
import { describe, test } from "vitest";
import { Network } from "../../simulator/world/network.ts";
import { storeFor } from "../../simulator/world/store.ts";
import { World } from "../../simulator/world/world.ts";

/** The simulated store, in a world that goes on whenever somebody calls it. */
function simulatedStore(): SessionStore {
  const engine = { load: () => Promise.reject(new Error("no library is needed")) as never };
  const world = new World({ seed: 1, engine });
  const caller = { name: "the test", status: "running", takeFate: () => undefined } as const;
  const store = storeFor(world, new Network(world, caller), () => 0, false);
  let isRunning = false;
  const goOn = async (): Promise<void> => {
    if (isRunning) return;
    isRunning = true;
    await world.scheduler.run(() => false);
    isRunning = false;
  };
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        const answer: unknown = value.apply(target, args);
        void goOn();
        return answer;
      };
    },
  });
}

describe("the simulated store keeps the contract", () => {
  for (const { title, run } of storeConformance(simulatedStore, { without: [] })) test(title, run);
});

import { given } from "./given.ts";
import type { Service } from "./service.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** `redis://…` */
    redis: string | undefined;
  }
}

export const redis: Service<"redis"> = {
  key: "redis",
  start: async () => given("REDIS_URL"),
};

import { given } from "./given.ts";
import type { Service } from "./service.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** `mongodb://…` */
    mongodb: string | undefined;
  }
}

export const mongodb: Service<"mongodb"> = {
  key: "mongodb",
  start: async () => given("MONGODB_URL"),
};

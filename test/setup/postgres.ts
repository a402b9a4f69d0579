import { given } from "./given.ts";
import type { Service } from "./service.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** `postgres://…`: a server and a database that is empty at the start of the run. */
    postgres: string | undefined;
  }
}

export const postgres: Service<"postgres"> = {
  key: "postgres",
  start: async () => given("POSTGRES_URL"),
};

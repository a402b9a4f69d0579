import { given } from "./given.ts";
import type { Service } from "./service.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** `mysql://…`: a MariaDB or MySQL server and a database that is empty at the start of the run. */
    mysql: string | undefined;
  }
}

export const mysql: Service<"mysql"> = {
  key: "mysql",
  start: async () => given("MYSQL_URL"),
};

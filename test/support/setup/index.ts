import type { TestProject } from "vitest/node";
import { startServiceServer } from "./service-server.ts";
import { services } from "./services.ts";
import { shareServiceServer } from "./shared-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where `service()` asks for what is outside the project. */
    services: string;
  }
}

/** Runs before the tests of each project; what it returns runs after them. Nothing starts before a test asks for it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { url, release } = await shareServiceServer(() => startServiceServer(services, console.log));
  project.provide("services", url);
  return release;
}

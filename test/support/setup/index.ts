import type { TestProject } from "vitest/node";
import { startServiceServer } from "./service-server.ts";
import { services } from "./services.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where `service()` asks for what is outside the project. */
    services: string;
  }
}

/** Runs once, before all tests; what it returns runs after them. Nothing starts before a test asks for it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServiceServer(services, console.log);
  project.provide("services", server.url);
  return server.close;
}

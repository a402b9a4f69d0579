// Runs the tests' global set-up in a process of its own, prints what it provides and waits for its end; with "teardown", ends by itself.
import type { TestProject } from "vitest/node";
import setup from "../setup/index.ts";

const provided: Record<string, unknown> = {};
const project = {
  provide(key: string, value: unknown) {
    provided[key] = value;
  },
};
const teardown = await setup(project as TestProject);
console.log(`provided: ${JSON.stringify(provided)}`);
if (process.argv[2] === "teardown") await teardown();
else setInterval(() => {}, 60_000);

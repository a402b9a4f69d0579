// Has every service started by the tests' set-up in a process of its own, prints what there is and waits for its end; with
// "teardown", ends by itself.
import type { TestProject } from "vitest/node";
import setup from "../setup/index.ts";
import { services } from "../setup/services.ts";

let url = "";
const project = {
  provide(_: string, value: string) {
    url = value;
  },
};
const teardown = await setup(project as unknown as TestProject);
const ask = async (name: string): Promise<unknown> => (await fetch(`${url}/${name}`)).json();
const found = await Promise.all(Object.keys(services).map(async (name) => [name, await ask(name)]));
console.log(`found: ${JSON.stringify(Object.fromEntries(found))}`);
if (process.argv[2] === "teardown") await teardown();
else setInterval(() => {}, 60_000);

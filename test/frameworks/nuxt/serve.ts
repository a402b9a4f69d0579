// The application with its own sessions, as a process of its own. Prints where it listens.
import { serve } from "../../support/adapters/node.ts";
import { buildApp } from "./build.ts";

const start = buildApp("own");
console.log((await serve(await start())).url);

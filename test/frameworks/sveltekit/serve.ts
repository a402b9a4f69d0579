// The application with its own sessions, as a process of its own. Prints where it listens.
import { serve } from "../../support/adapters/node.ts";
import { buildApp } from "./app.ts";

const listen = await buildApp(".svelte-kit/own");
console.log((await serve(listen({}))).url);

// The application with its own sessions, as a process of its own. Prints where it listens.
import { serve } from "../../support/adapters/node.ts";
import { buildApp } from "./app.ts";

const listen = await buildApp(".built/own");
console.log((await serve(listen({}))).url);

// The application of this folder, as a process of its own. Prints where it listens.
import { serve } from "../../../support/adapters/node.ts";
import { built } from "../built.ts";

const handle = await built(new URL(".", import.meta.url));
console.log((await serve((req, res) => void handle(req, res))).url);

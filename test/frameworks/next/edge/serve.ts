// The application of this folder and its store, as a process of its own. Prints where it listens.
import { json } from "node:stream/consumers";
import { serve } from "../../../support/adapters/node.ts";
import { built } from "../built.ts";
import { store } from "../site/sessions.ts";

const { url } = await serve(async (req, res) => {
  const [name, args] = (await json(req)) as [keyof typeof store, unknown[]];
  const result: unknown = await Reflect.apply(store[name] as () => unknown, store, args);
  res.end(JSON.stringify(result === undefined ? [] : [result]));
});
process.env.STORE_URL = url;

const handle = await built(new URL(".", import.meta.url));
console.log((await serve((req, res) => void handle(req, res))).url);

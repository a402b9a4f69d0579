import { once } from "node:events";
import { serveAdmin } from "../admin/serve.ts";
import { checkSigned } from "../check-signed.ts";
import { type Command, type Input, isSet, type Report, textOf } from "../command.ts";
import { jsonLine, printable } from "../format.ts";
import { managerOf } from "../manager.ts";
import { bulkLimit, type OpenedStore, storeOptions, timeOf, within, withStore } from "../open-store.ts";
import { misuse } from "../stop.ts";

export const admin: Command = {
  name: "admin",
  summary: "Shows a page for operators in your browser, on this machine only, until Ctrl-C",
  options: {
    ...storeOptions,
    keys: {
      value: "<names>",
      about: "keys of the data whose values the page shows, such as device,plan; none if not given",
    },
    port: { value: "<number>", about: "where it listens, on 127.0.0.1; a free port if not given" },
  },
  about: [
    "It prints an address that opens the page once, for one browser. There you find sessions by user or by id, and end one,",
    "a user's, or all. What the application itself has seen, such as refused tokens, is on a page that it mounts:",
    "adminHandler() of coatcheck/admin.",
  ],
  examples: ["coatcheck admin", "coatcheck admin --keys device --port 9000"],
  run: (input) => {
    const port = portOf(input);
    return withStore(input, (opened) => show(input, opened, port));
  },
};

async function show(input: Input, opened: OpenedStore, port: number): Promise<Report> {
  const { store, config } = opened;
  const { namespace } = config;
  await checkSigned(opened);
  // Not the manager's, which would apply its own limits to the sessions of the application.
  const count = async () => (await store.count?.(namespace, await timeOf(store), within(bulkLimit))) ?? 0;
  const keys = (textOf(input, "keys") ?? "").split(",").filter(Boolean);
  const page = await serveAdmin({ sessions: managerOf(opened), count, keys, port });
  const { host } = input;
  const interrupted = host.interrupted();
  const told = isSet(input, "json")
    ? jsonLine({ address: page.address })
    : printable(`${page.address}\nCtrl-C ends it.`);
  host.print(`${told}\n`);
  if (!interrupted.aborted) await once(interrupted, "abort");
  await page.close();
  return { inOneLine: true, data: { closed: true }, lines: ["The page is closed."] };
}

function portOf(input: Input): number {
  const given = textOf(input, "port");
  if (given === undefined) return 0;
  const port = Number(given);
  if (/^\d+$/.test(given) && port >= 1 && port <= 65_535) return port;
  throw misuse("--port takes a number from 1 to 65535.");
}

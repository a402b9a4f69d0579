import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createApp } from "./app.ts";
import { closeSessions, openSessions } from "./sessions.ts";
import { readSettings, SettingsError } from "./settings.ts";
import { stopOnSignal } from "./stop.ts";
import { storeName } from "./stores.ts";

try {
  const settings = readSettings(process.env);
  const managers = await openSessions(settings);
  const server = createServer(createApp(managers));
  const port = await listen(server, settings.port);
  stopOnSignal(server, () => closeSessions(managers));
  const store = storeName(managers.visits.policy().store);
  console.log(`The coatcheck is open, with sessions in ${store}: http://localhost:${port}`);
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** On this machine only: the demo users have no passwords. */
async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isTaken = code === "EADDRINUSE";
    const reason = isTaken ? "another program uses it" : message;
    throw new SettingsError(`Port ${port} cannot be had: ${reason}. Choose another, as in PORT=8081 npm start`);
  }
  return (server.address() as AddressInfo).port;
}

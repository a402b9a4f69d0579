import type { Server } from "node:http";

/** How long requests in flight may take; container hosts send SIGKILL after 10 s. */
const patience = 8_000;

/** On SIGTERM and SIGINT: takes no more connections, lets requests in flight finish, then closes what they used. */
export function stopOnSignal(server: Server, close: () => Promise<void>): void {
  let inFlight = 0;
  let isStopping = false;

  // close() alone waits for connections that browsers keep open, or have opened in advance and not used yet.
  const hangUp = (): void => {
    if (isStopping && inFlight === 0) server.closeAllConnections();
  };
  server.on("request", (_req, res) => {
    inFlight++;
    res.on("close", () => {
      inFlight--;
      hangUp();
    });
  });

  const stop = (): void => {
    // Ctrl-C may come twice: from the terminal, and from npm, which passes it on.
    if (isStopping) return;
    isStopping = true;
    server.close(() => void close());
    hangUp();
    setTimeout(() => server.closeAllConnections(), patience).unref();
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

// A server of another thread. It sends back whatever it is sent after 50 ms, whatever the main thread is busy with.
import { createServer } from "node:net";
import { parentPort } from "node:worker_threads";

const server = createServer((socket) => {
  socket.on("error", () => undefined);
  socket.on("data", (data) => setTimeout(() => socket.write(data), 50));
});
server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));

import { once } from "node:events";
import { WebSocket } from "ws";
import { describeBasketExample } from "../support/examples/basket.ts";

describeBasketExample("ws", async (url, cookie) => {
  const socket = new WebSocket(url.replace("http", "ws"), { headers: { cookie, origin: url } });
  await once(socket, "open");
  return {
    add: () => socket.send("apple"),
    apples: async () => Number(((await once(socket, "message")) as [Buffer])[0]),
    ended: new Promise((resolve) => socket.once("close", (_, reason) => resolve(String(reason)))),
    close: () => socket.terminate(),
  };
});

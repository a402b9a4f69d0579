import { io } from "socket.io-client";
import { describeBasketExample } from "../support/examples/basket.ts";

describeBasketExample("socket-io", async (url, cookie) => {
  const socket = io(url, { extraHeaders: { cookie, origin: url }, reconnection: false, forceNew: true });
  const heard = <T>(event: string): Promise<T> => new Promise((resolve) => socket.once(event, resolve));
  const refused = heard<Error & { data: { status: number } }>("connect_error").then(({ data }) => {
    throw new Error(`${data.status}`);
  });
  await Promise.race([heard("connect"), refused]);
  return {
    add: () => socket.emit("apple"),
    apples: () => heard<number>("apples"),
    ended: heard<string>("session"),
    close: () => socket.close(),
  };
});

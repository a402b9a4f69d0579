import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import * as core from "coatcheck";
import { session } from "coatcheck/h3-v1";
import { memoryStore } from "coatcheck/stores/memory";
import type { AdapterUnderTest } from "coatcheck/testing";
import {
  createApp,
  createRouter,
  defineEventHandler,
  sendRedirect,
  setResponseHeaders,
  setResponseStatus,
  toNodeListener,
} from "h3";
import { answer } from "../../support/frameworks/h3-v1-answer.ts";

const h3 = { sendRedirect, setResponseHeaders, setResponseStatus };

/** An application of h3 1 whose handlers answer in the ways that it offers. */
export const entryOf = (listen: (handler: RequestListener) => RequestListener): AdapterUnderTest => ({
  library: { ...core, memoryStore },
  request: async (url, { method, headers }) => {
    const { port, pathname, search } = new URL(url);
    const req = httpRequest({ host: "127.0.0.1", port, path: pathname + search, method, headers, agent: false }).end();
    const [res] = (await once(req, "response")) as [IncomingMessage];
    const status = res.statusCode ?? 0;
    const pairs = Object.entries(res.headersDistinct).flatMap(([name, values = []]) =>
      values.map((value): [string, string] => [name, value]),
    );
    const isEmpty = status === 204 || status === 304;
    if (isEmpty) res.resume();
    return new Response(isEmpty ? null : (Readable.toWeb(res) as ReadableStream), { status, headers: pairs });
  },
  serve: async (mounts, app) => {
    const h3App = createApp();
    for (const sessions of mounts.toReversed()) session(sessions, { as: sessions.name })({ h3App });
    const router = createRouter();
    h3App.use(router);
    for (const [path, handler] of Object.entries(app)) {
      router.use(
        path,
        defineEventHandler(async (event) =>
          answer(h3, event, await handler({ session: (sessions) => sessions.get(event) })),
        ),
      );
    }
    const server = createServer(listen(toNodeListener(h3App)));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return {
      url: `http://localhost:${(server.address() as AddressInfo).port}`,
      close: async () => {
        server.closeAllConnections();
        server.close();
        await once(server, "close");
      },
    };
  },
});

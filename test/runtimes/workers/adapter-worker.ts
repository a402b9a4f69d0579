import * as core from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { type AdapterApp, type AdapterUnderTest, adapterConformance } from "coatcheck/testing";
import { answerCases } from "./_cases.ts";

type Handler = (request: Request) => Promise<Response>;
/** The servers that run now, by their port; requests to them are handled apart from the one that the suite runs in. */
const servers = new Map<string, Handler>();
let lastPort = 1024;

const handlerOf = (app: AdapterApp, url: string): NonNullable<AdapterApp[string]> =>
  app[new URL(url).pathname] ?? (() => ({ status: 404, body: "nothing here" }));

function streamOf(pieces: AsyncIterable<string>): ReadableStream {
  const { readable, writable } = new TextEncoderStream();
  const writer = writable.getWriter();
  void (async () => {
    for await (const piece of pieces) await writer.write(piece);
    await writer.close();
  })();
  return readable;
}

const entryOver = (self: { fetch: Handler }): AdapterUnderTest => ({
  library: { ...core, memoryStore },
  async serve(mounts, app) {
    const answer: Handler = async (request) => {
      const reply = await handlerOf(app, request.url)({ session: (sessions) => sessions.get(request) });
      const { status = 200, headers = {}, body } = reply;
      const content = typeof body === "object" ? streamOf(body) : body;
      return new Response(status === 204 || status === 304 ? null : content, { status, headers });
    };
    const handle = mounts.reduceRight<Handler>(
      (inner, sessions) => (request) => sessions.handle(request, inner),
      answer,
    );
    const port = `${++lastPort}`;
    servers.set(port, handle);
    return { url: `http://localhost:${port}`, close: async () => void servers.delete(port) };
  },
  request(url, { method, headers: { host, ...headers } }) {
    const target = new URL(url);
    const { port } = target;
    // A worker knows the host from the URL only.
    if (host !== undefined) target.host = host;
    const own = { ...headers, "x-port": port };
    return self.fetch(new Request(target, { method, headers: own, redirect: "manual" }));
  },
});

export default {
  fetch(request: Request, { SELF }: { SELF: { fetch: Handler } }): Promise<Response> {
    const server = servers.get(request.headers.get("x-port") ?? "");
    return server ? server(request) : answerCases(request, adapterConformance(entryOver(SELF)));
  },
};

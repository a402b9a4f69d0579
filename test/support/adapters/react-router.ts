import { Readable } from "node:stream";
import * as core from "coatcheck";
import { session } from "coatcheck/react-router";
import { memoryStore } from "coatcheck/stores/memory";
import type * as reactRouter from "react-router";
import type { LoaderFunctionArgs, ServerBuild } from "react-router";
import type { AdapterApp, AdapterUnderTest, Reply } from "../../../src/testing/adapter/conformance.ts";
import { type Listener, request, serve } from "./node.ts";

// As applications say that middleware is on, so that the context of loaders is typed.
declare module "react-router" {
  interface Future {
    v8_middleware: true;
  }
}

type Framework = Pick<typeof reactRouter, "createRequestHandler" | "data">;
type Routes = ServerBuild["routes"];
type Module = NonNullable<Routes[string]>["module"];
type Middleware = NonNullable<Module["middleware"]>;
type RenderDocument = ServerBuild["entry"]["module"]["default"];

/** What `react-router build` would make: routes, and how a document is rendered. */
export function buildOf(routes: Readonly<Record<string, Partial<Module>>>, render: RenderDocument): ServerBuild {
  const root = routes.root ?? {};
  const children = Object.entries(routes).filter(([id]) => id !== "root");
  const route = (id: string, module: Partial<Module>, place: { parentId?: string; path?: string }) => [
    id,
    { id, module: module as Module, ...place },
  ];
  return {
    entry: { module: { default: render, handleError: () => undefined } },
    routes: Object.fromEntries([
      route("root", root, { path: "" }),
      ...children.map(([id, module]) => route(id, module, { parentId: "root", path: id })),
    ]),
    assets: { entry: { imports: [], module: "" }, routes: {}, url: "", version: "" },
    publicPath: "/",
    assetsBuildDirectory: "",
    future: { v8_middleware: true } as ServerBuild["future"],
    ssr: true,
    isSpaMode: false,
    prerender: [],
    routeDiscovery: { mode: "initial", manifestPath: "/__manifest" },
  };
}

const toStream = (body: Reply["body"]): BodyInit | null =>
  typeof body === "object" ? (Readable.toWeb(Readable.from(body)) as ReadableStream) : (body ?? null);

/** The suite's handler for a path. What it throws is given its status as applications of React Router do. */
async function run({ data }: Framework, app: AdapterApp, { request, context }: LoaderFunctionArgs): Promise<Reply> {
  const handler = app[new URL(request.url).pathname] ?? (() => ({ status: 404, body: "nothing here" }));
  try {
    return await handler({ session: (sessions) => sessions.get(context) });
  } catch (error) {
    const { status } = error as { status?: number };
    throw status === undefined ? error : data("failed", { status });
  }
}

/** Routes without a component: what the loader returns is the response. */
const resources = (framework: Framework, app: AdapterApp, middleware: Middleware): ServerBuild =>
  buildOf(
    {
      root: { middleware },
      "*": {
        loader: async (args) => {
          const { status = 200, headers = {}, body } = await run(framework, app, args);
          return new Response(status === 204 || status === 304 ? null : toStream(body), { status, headers });
        },
      },
    },
    () => new Response("no document"),
  );

/** Routes with a component: the document is rendered after the loaders. */
function documents(framework: Framework, app: AdapterApp, middleware: Middleware): ServerBuild {
  const bodies = new WeakMap<object, Reply["body"]>();
  return buildOf(
    {
      root: { middleware, default: () => null },
      "*": {
        default: () => null,
        headers: ({ loaderHeaders }) => loaderHeaders,
        loader: async (args) => {
          const { status = 200, headers = {}, body } = await run(framework, app, args);
          if (headers.location !== undefined) throw new Response(null, { status, headers });
          bodies.set(args.context, body);
          return framework.data(null, { status, headers });
        },
      },
    },
    (_request, status, headers, _entry, context) => new Response(toStream(bodies.get(context)), { status, headers }),
  );
}

const kinds = { resources, documents };

/** How a server is made of a build. */
export type Listen = (build: ServerBuild) => Listener;

export function reactRouterEntry(framework: Framework, kind: keyof typeof kinds, listen: Listen): AdapterUnderTest {
  return {
    library: { ...core, memoryStore },
    request,
    serve: (mounts, app) => {
      const middleware = mounts.flatMap((sessions) => session(sessions));
      return serve(listen(kinds[kind](framework, app, middleware)));
    },
  };
}

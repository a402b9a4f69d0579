import { createSessions, type SessionsOptions } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { createJar } from "coatcheck/testing";
import type { ServerBuild } from "react-router";
import { onTestFinished } from "vitest";
import { type TestStore, testStore } from "../../../src/testing/adapter/recording-store.ts";
import { type Answer, type AskOptions, ask, serve } from "./node.ts";
import { buildOf } from "./react-router.ts";
import { listen } from "./react-router-entry.ts";

export interface Visit {
  views: number;
  theme: string;
}

type Sessions = ReturnType<typeof createSessions<Visit>>;

export function setUp(options: Omit<SessionsOptions<Visit>, "store" | "schema"> = {}): {
  store: TestStore;
  sessions: Sessions;
} {
  const store = testStore(memoryStore());
  const sessions = createSessions<Visit>({ store, observer: () => undefined, pruneInterval: false, ...options });
  return { store, sessions };
}

/** A browser that keeps its cookies. */
export type Visitor = (path: string, options?: AskOptions) => Promise<Answer>;

/**
 * A server with these routes. Its documents are JSON: what the loaders and the action gave and which errors the boundaries see.
 */
export async function start(
  routes: Parameters<typeof buildOf>[0],
  handleError: ServerBuild["entry"]["module"]["handleError"] = () => undefined,
): Promise<{ url: string; visitor: () => Visitor }> {
  const build = buildOf(routes, (_request, status, headers, { staticHandlerContext }) => {
    const { loaderData, actionData, errors } = staticHandlerContext;
    headers.set("content-type", "application/json");
    return new Response(JSON.stringify({ loaderData, actionData, errors }), { status, headers });
  });
  const { module } = build.entry;
  const server = await serve(listen({ ...build, entry: { module: { ...module, handleError } } }));
  onTestFinished(server.close);
  const { url } = server;
  const visitor = (): Visitor => {
    const jar = createJar();
    return async (path, options = {}) => {
      const cookie = jar.header(url);
      const answer = await ask(url + path, { ...options, headers: { ...(cookie && { cookie }), ...options.headers } });
      jar.store(url, answer.headers["set-cookie"] ?? []);
      return answer;
    };
  };
  return { url, visitor };
}

/** How a form is sent. */
export const post = (body = ""): AskOptions => ({
  method: "POST",
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body,
});

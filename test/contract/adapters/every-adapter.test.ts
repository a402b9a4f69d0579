import { Readable } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import * as core from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { describe, expect, it } from "vitest";
import { editHeaders, headersTarget } from "../../../src/core/http/header-edits.ts";
import { type AdapterUnderTest, adapterConformance } from "../../../src/testing/adapter/conformance.ts";
import { type Listener, request, serve } from "../../support/adapters/node.ts";

/** What an adapter can get wrong, and the behaviours that then fail. */
const flaws = {
  "answers before the commit": "B23",
  "takes a failed commit for a success": "B24",
  "gives up after the first failed commit": "B18",
  "drops the commit's edits": "B2",
  "joins Set-Cookie lines": "B18",
  "ignores Cache-Control": "B28",
  "says nothing of its response to the commit": "B65",
  "hides the status from the commit": "B19",
  "does not commit after an error": "B19",
  "cuts off the query": "B26",
  "believes any proxy": "B22",
  "shows every request the first session": "B2",
  "swallows the errors of handlers": "B19",
} as const;
type Flaw = keyof typeof flaws;

/** An adapter for fetch-style handlers by `sessions.open`, with one flaw or none. */
function adapterWith(flaw?: Flaw): AdapterUnderTest {
  const pending = new WeakMap<Response, core.FetchResponse>();
  return {
    library: { ...core, memoryStore },
    request,
    serve: (mounts, app) => {
      const firstSeen = new Map<object, core.Session<{ [key: string]: unknown }>>();

      const handle = async (request: Request): Promise<Response> => {
        const opened = await Promise.all(
          mounts.map((sessions) => sessions.open(headOf(request), { carriers: [request] })),
        );
        mounts.forEach((sessions, i) => {
          if (!firstSeen.has(sessions)) firstSeen.set(sessions, opened[i]!.session);
        });
        const isStale = flaw === "shows every request the first session";
        const session = (sessions: object) =>
          isStale ? firstSeen.get(sessions)! : (sessions as core.SessionManager).get(request);

        const run = async (): Promise<Response> => {
          const { status = 200, headers = {}, body } = await app[new URL(request.url).pathname]!({ session });
          const content = typeof body === "object" ? (Readable.toWeb(Readable.from(body)) as ReadableStream) : body;
          return new Response(status === 204 || status === 304 ? null : content, { status, headers });
        };
        const commit = async (response: Response, error?: unknown): Promise<core.HeaderEdit[]> => {
          const answer = new core.FetchResponse(response);
          pending.set(response, answer);
          const status = flaw === "hides the status from the commit" ? 200 : response.status;
          const told = flaw === "says nothing of its response to the commit" ? {} : { response: answer };
          const outcome: core.Outcome = { status, error, ...told };
          if (flaw === "gives up after the first failed commit") {
            const edits: core.HeaderEdit[] = [];
            for (const one of opened) edits.push(...(await one.commit(outcome)));
            return edits;
          }
          const results = await Promise.allSettled(opened.map((one) => one.commit(outcome)));
          const edits = results.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
          const failure = results.find((one) => one.status === "rejected");
          if (failure) throw Object.assign(failure.reason as Error, { edits });
          return edits;
        };

        let response: Response;
        let error: unknown;
        try {
          response = await run();
        } catch (thrown) {
          if (flaw === "swallows the errors of handlers") return new Response("sorry");
          if (flaw === "does not commit after an error") return answer(thrown);
          error = thrown;
          response = answer(thrown);
        }
        if (flaw === "answers before the commit") {
          commit(response, error).catch(() => undefined);
          return response;
        }
        try {
          return edited(response, await commit(response, error));
        } catch (failure) {
          if (flaw === "takes a failed commit for a success") return response;
          const { edits = [] } = failure as { edits?: core.HeaderEdit[] };
          return edited(answer(failure), [...edits, ...(await commit(answer(failure), failure))]);
        }
      };
      return serve(getRequestListener(handle, { overrideGlobalObjects: false }) as Listener);
    },
  };

  function headOf(request: Request): core.RequestHead {
    const proxied = flaw === "believes any proxy" && request.headers.get("x-forwarded-proto") === "https";
    return {
      method: request.method,
      url: flaw === "cuts off the query" ? new URL(request.url).pathname : request.url,
      encrypted: proxied || request.url.startsWith("https:"),
      header: (name) => request.headers.get(name) ?? undefined,
    };
  }

  function edited(response: Response, edits: readonly core.HeaderEdit[]): Response {
    if (flaw === "drops the commit's edits") return response;
    const kept = edits.filter(({ kind }) => flaw !== "ignores Cache-Control" || kind !== "private");
    const own = new Response((pending.get(response)?.response ?? response).body, response);
    editHeaders(headersTarget(own.headers), kept);
    const lines = own.headers.getSetCookie();
    if (flaw === "joins Set-Cookie lines" && lines.length > 1) own.headers.set("set-cookie", lines.join(", "));
    return own;
  }
}

const answer = (error: unknown): Response =>
  new Response("failed", { status: (error as { status?: number }).status ?? 500 });

describe("the adapter contract", () => {
  it.each(adapterConformance(adapterWith()))(
    "the adapter contract holds for an adapter without flaws: $title",
    ({ run }) => run(),
  );

  it.each(Object.entries(flaws) as [Flaw, string][])(
    "the adapter contract fails for an adapter that %s",
    async (flaw, behaviour) => {
      const cases = adapterConformance(adapterWith(flaw)).filter(({ title }) => title.startsWith(`${behaviour}:`));
      const results = await Promise.allSettled(cases.map(({ run }) => run()));
      expect(results.map(({ status }) => status)).toContain("rejected");
    },
  );
});

import { Readable } from "node:stream";
import { nextSession } from "coatcheck/next";
import { suiteHeader, suites } from "../../suite";

type Handler = (request: Request, context: unknown) => Promise<Response>;

/** Runs the suite's handler for this path, within a wrapped Route Handler for each of the mounted managers. */
export const GET: Handler = (request, context) => {
  const { mounts = [], app = {} } = suites.get(request.headers.get(suiteHeader) ?? "") ?? {};
  const answer: Handler = async () => {
    const handler = app[new URL(request.url).pathname];
    if (!handler) return new Response("nothing here", { status: 404 });
    const { status = 200, headers = {}, body } = await handler({ session: (sessions) => sessions.get(request) });
    const content = typeof body === "object" ? (Readable.toWeb(Readable.from(body)) as ReadableStream) : body;
    return new Response(status === 204 || status === 304 ? null : content, { status, headers });
  };
  const wrapped = mounts.reduceRight<Handler>(
    (inner, sessions) => nextSession(sessions).route((_session, ...given) => inner(...given)),
    answer,
  );
  return wrapped(request, context);
};

// h3 1 on requests and responses that are made up, as Nitro does for its own calls and where there is no Node.
import { Readable } from "node:stream";
import { fetchNodeRequestHandler } from "node-mock-http";
import { entryOf } from "./_entry.ts";

export const entry = entryOf((handler) => async (req, res) => {
  const { url = "/", method = "GET", headers } = req;
  const answer = await fetchNodeRequestHandler(handler as never, url, { method, headers: headers as HeadersInit });
  for (const [name, value] of answer.headers) if (name !== "set-cookie") res.setHeader(name, value);
  res.setHeader("set-cookie", answer.headers.getSetCookie());
  res.writeHead(answer.status);
  if (answer.body) Readable.fromWeb(answer.body as never).pipe(res);
  else res.end();
});

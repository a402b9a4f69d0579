import type { Session, Sessions } from "coatcheck";
import { origin } from "./session-slots.ts";

/** Keys are those of the clients that write them; `n` counts. */
export type Data = Record<string, string | number>;

export interface Visited {
  readonly failure: unknown;
  /** The token opened no session. */
  readonly isNothing: boolean;
  readonly lines: readonly string[];
  /** The token in `lines`. */
  readonly given: string | undefined;
}

/** One request of a visitor. Without a token it is a new one; with a token that opens nothing the handler does nothing. */
export async function visit(
  sessions: Sessions<Data>,
  token: string | undefined,
  handler: (session: Session<Data>) => unknown,
): Promise<Visited> {
  let failure: unknown;
  let isNothing = false;
  const request = new Request(origin, { headers: token === undefined ? {} : { cookie: `session=${token}` } });
  const response = await sessions.handle(
    request,
    async (_, session) => {
      isNothing = token !== undefined && session.isNew;
      if (!isNothing) await handler(session);
      return new Response();
    },
    {
      onError(error) {
        failure = error;
        return new Response(null, { status: (error as { status?: number }).status ?? 500 });
      },
    },
  );
  const lines = response.headers.getSetCookie();
  const given = lines.flatMap((line) => /^session=([^;]+)/.exec(line)?.[1] ?? []).find((one) => one !== token);
  return { failure, isNothing, lines, given };
}

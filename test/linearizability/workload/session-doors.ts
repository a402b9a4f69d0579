import type { Session, Sessions } from "coatcheck";
import type { Visit } from "../models/session-model.ts";

/** A way to a session. Rejects with the library's error; resolves with the token that the client was given, if there is one. */
export type Door = (work: (session: Session<Visit>) => Promise<void>) => Promise<string | undefined>;

export function byId(sessions: Sessions<Visit>, id: string): Door {
  return async (work) => {
    await sessions.edit(id, work);
    return undefined;
  };
}

/** A request with this token in its cookie. */
export function byToken(sessions: Sessions<Visit>, token: string): Door {
  return async (work) => {
    let failure: unknown;
    const response = await sessions.handle(
      new Request("http://localhost/", { headers: { cookie: `session=${token}` } }),
      async (_, session) => {
        await work(session);
        return new Response(null);
      },
      {
        onError(error) {
          failure = error;
          return new Response(null, { status: 500 });
        },
      },
    );
    if (failure !== undefined) throw failure;
    const [line] = response.headers.getSetCookie();
    return line === undefined ? undefined : /^session=([^;]+)/.exec(line)?.[1];
  };
}

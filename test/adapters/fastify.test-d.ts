// Compiled, never run: what Fastify sees of mounted sessions.
import { createSessions, type Session, type SessionManager, type Sessions } from "coatcheck";
import { type MountedSessions, session } from "coatcheck/fastify";
import { cookieStore } from "coatcheck/stores/cookie";
import fastify, { type FastifyRequest } from "fastify";

interface Visit {
  views: number;
}
interface Taste {
  theme: "light" | "dark";
}

const visits: Sessions<Visit> = createSessions<Visit>();
const tastes: SessionManager<Taste> = createSessions<Taste>({
  name: "taste",
  store: cookieStore({ keys: ["key"] }),
});

declare module "coatcheck/fastify" {
  interface Mounts {
    visit: typeof visits;
    taste: typeof tastes;
  }
}

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const yes = <T extends true>(_value?: T): void => undefined;

export async function mounting(): Promise<void> {
  const app = fastify({ logger: true });
  await app.register(session(visits, { as: "visit" }));
  app.register(session(tastes, { as: "taste", lazy: true })).register(async (below) => {
    below.register(session(visits));
    below.get<{ Querystring: { apples: number } }>("/", async (request) => {
      yes<Equal<typeof request.visit, Session<Visit>>>();
      return request.query.apples + (request.visit.get("views") ?? 0);
    });
  });
  fastify({ http2: true }).register(session(visits));
  fastify({ https: {} }).register(session(visits));
  // @ts-expect-error what is mounted is a manager of sessions
  session({});
  // @ts-expect-error not an option
  session(visits, { name: "visit" });
}

export function reading(request: FastifyRequest): void {
  yes<Equal<typeof request.visit, Session<Visit>>>();
  yes<Equal<typeof request.taste, Session<Taste>>>();
  request.visit.set("views", 1);
  // @ts-expect-error not a theme
  request.taste.set("theme", "blue");
  // @ts-expect-error a session is ended by destroy(), not by assignment
  request.visit = undefined;
  // @ts-expect-error nobody mounted this
  request.coat;
}

export function unmerged(): void {
  // biome-ignore lint/complexity/noBannedTypes: an interface that nobody merged into
  yes<Equal<keyof MountedSessions<{}>, never>>();
  yes<Equal<MountedSessions<{ coat: typeof visits }>, { readonly coat: Session<Visit> }>>();
}

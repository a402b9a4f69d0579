// Compiled, never run: what Koa sees of mounted sessions.
import { createSessions, type Session, type SessionManager, type Sessions } from "coatcheck";
import { type MountedSessions, session } from "coatcheck/koa";
import { cookieStore } from "coatcheck/stores/cookie";
import Koa, { type Context } from "koa";

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

declare module "coatcheck/koa" {
  interface Mounts {
    visit: typeof visits;
    taste: typeof tastes;
  }
}

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const yes = <T extends true>(_value?: T): void => undefined;

export function mounting(): void {
  const app = new Koa<{ user: string }, { trace: number }>();
  app.use(session(visits, { as: "visit" })).use(session(tastes, { as: "taste", lazy: true }));
  app.use(async (ctx) => {
    yes<Equal<typeof ctx.visit, Session<Visit>>>();
    ctx.body = [ctx.state.user, ctx.trace, ctx.visit.get("views")];
  });
  new Koa().use(session(visits)).use((ctx) => {
    yes<Equal<typeof ctx.taste, Session<Taste>>>();
    yes<Equal<ReturnType<typeof visits.get>, Session<Visit>>>();
    visits.get(ctx).set("views", 1);
  });
  // @ts-expect-error what is mounted is a manager of sessions
  session({});
  // @ts-expect-error not an option
  session(visits, { name: "visit" });
}

export function reading(ctx: Context): void {
  ctx.visit.set("views", 1);
  // @ts-expect-error not a theme
  ctx.taste.set("theme", "blue");
  // @ts-expect-error a session is ended by destroy(), not by assignment
  ctx.visit = undefined;
}

export function unmerged(): void {
  // biome-ignore lint/complexity/noBannedTypes: an interface that nobody merged into
  yes<Equal<keyof MountedSessions<{}>, never>>();
  yes<Equal<MountedSessions<{ coat: typeof visits }>, { readonly coat: Session<Visit> }>>();
}

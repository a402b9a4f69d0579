// Compiled, never run: what Express sees of mounted sessions.
import { createSessions, type Session, type SessionManager, type Sessions } from "coatcheck";
import { type MountedSessions, session } from "coatcheck/express";
import { listener, session as nodeSession } from "coatcheck/node";
import { cookieStore } from "coatcheck/stores/cookie";
import express, { type Request } from "express";

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

declare module "coatcheck/express" {
  interface Mounts {
    visit: typeof visits;
    taste: typeof tastes;
  }
}

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const yes = <T extends true>(_value?: T): void => undefined;

export function mounting(): void {
  const app = express();
  app.use(session(visits, { as: "visit" }), session(tastes, { as: "taste", lazy: true }));
  app.use("/shop", [session(visits)]);
  express.Router().use(session(visits), nodeSession(tastes));
  // @ts-expect-error what is mounted is a manager of sessions
  session({});
  // @ts-expect-error not an option
  session(visits, { name: "visit" });
}

export function reading(req: Request): void {
  yes<Equal<ReturnType<typeof visits.get>, Session<Visit>>>();
  yes<Equal<typeof req.visit, Session<Visit>>>();
  yes<Equal<typeof req.taste, Session<Taste>>>();
  req.visit.set("views", 1);
  req.taste.set("theme", "dark");
  // @ts-expect-error not a theme
  req.taste.set("theme", "blue");
  // @ts-expect-error a session is ended by destroy(), not by assignment
  req.visit = undefined;
  // @ts-expect-error nobody mounted this
  req.coat;
  yes<Equal<ReturnType<typeof req.visit.get<"views">>, number | undefined>>();
}

export function unmerged(): void {
  // biome-ignore lint/complexity/noBannedTypes: an interface that nobody merged into
  yes<Equal<keyof MountedSessions<{}>, never>>();
  yes<Equal<MountedSessions<{ coat: typeof visits }>, { readonly coat: Session<Visit> }>>();
}

export function listening(): void {
  listener(visits, (req, res, visit) => {
    res.end(`${req.url} ${visit.get("views")}`);
    // @ts-expect-error not a key of Visit
    visit.get("theme");
  });
}

import { createMiddleware, createServerFn } from "@tanstack/react-start";
import { createSessions, type Session } from "coatcheck";
import { withSession } from "coatcheck/tanstack-start";

interface Visit {
  views: number;
}

const visits = createSessions<Visit>();
const tastes = createSessions<{ theme: string }>({ name: "taste" });

const visit = createMiddleware({ type: "request" }).server(({ request, next }) =>
  withSession(visits, request, (session) => next({ context: { session } })),
);
const taste = createMiddleware({ type: "request" }).server(({ request, next }) =>
  withSession(tastes, request, (taste) => next({ context: { taste } }), { lazy: true }),
);

export const use = createServerFn()
  .middleware([visit, taste])
  .handler(({ context }) => {
    const session: Session<Visit> = context.session;
    session.set("views", 1);
    // @ts-expect-error: views is a number
    session.set("views", "1");
    // @ts-expect-error: not a key of this session
    context.session.get("theme");
    return context.taste.get("theme");
  });

createMiddleware({ type: "request" }).server(({ request, next }) =>
  // @ts-expect-error: a misspelt option
  withSession(visits, request, () => next(), { Lazy: true }),
);

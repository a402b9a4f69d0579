import { createFileRoute, redirect } from "@tanstack/react-router";
import { count, fail, goAway, lookFor, session, signIn } from "../own";

// Every visitor is answered with the same, which must not take the cookie of one to the next.
const nothing = new Response(null, { status: 204 });
const elsewhere = redirect({ to: "/own/page" });

const answers: Readonly<Record<string, () => Response>> = {
  "/own/read": () => Response.json(session().toObject()),
  "/own/functions": () =>
    Response.json({ count: count.url, goAway: goAway.url, lookFor: lookFor.url, fail: fail.url, signIn: signIn.url }),
  "/own/nothing": () => {
    if (session().isNew) session().set("views", 1);
    return nothing;
  },
  "/own/elsewhere": () => {
    if (session().isNew) session().set("views", 1);
    throw elsewhere;
  },
  "/own/sign-in": () => {
    session().login("bob");
    return new Response("signed in");
  },
};

export const Route = createFileRoute("/own/$")({
  server: {
    handlers: {
      GET: ({ request }) => answers[new URL(request.url).pathname]?.() ?? new Response(null, { status: 404 }),
    },
  },
});

import { error, redirect } from "@sveltejs/kit";
import { sequence } from "@sveltejs/kit/hooks";
import { SessionError } from "coatcheck";
import { session } from "coatcheck/sveltekit";
import { sessions } from "./sessions.ts";

/** A hook of the application, further in than the session. */
async function guard({ event, resolve }) {
  const { session } = event.locals;
  switch (event.url.searchParams.get("guard")) {
    case "redirect":
      session.set("from", event.url.pathname);
      return redirect(303, "/own/form");
    case "redirect late":
      session.set("from", event.url.pathname);
      await resolve(event);
      return redirect(303, "/own/form");
    case "forbid":
      return error(403, `not for ${session.userId ?? "strangers"}`);
    case "count":
      await session.update("views", (views = 0) => views + 1);
      return error(429, "too often");
    default:
      return resolve(event);
  }
}

/** Who answers when a session cannot be stored. */
const own = {
  coatcheck: sequence(session(sessions), guard),
  application: sequence(
    session(sessions, { onError: (failure) => new Response(failure.code, { status: 418 }) }),
    guard,
  ),
  SvelteKit: sequence(session(sessions, { onError: () => error(503, "come back later") }), guard),
};

export function handle({ event, resolve }) {
  const { mounts } = event.platform;
  if (!mounts) return own[event.url.searchParams.get("answer") ?? "coatcheck"]({ event, resolve });
  return sequence(...mounts.map((one) => session(one, { as: one.name })))({ event, resolve });
}

/** SvelteKit 3 takes the status from here. */
export function handleError({ error }) {
  return error instanceof SessionError ? { status: error.status, message: "Please try again." } : undefined;
}

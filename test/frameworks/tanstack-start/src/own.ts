import { notFound, redirect } from "@tanstack/react-router";
import { createServerFn, createServerOnlyFn } from "@tanstack/react-start";
import { getRequest } from "@tanstack/react-start/server";

/** The session of the request that is being answered. */
export const session = createServerOnlyFn(() => {
  const [sessions] = globalThis.suite.getStore()?.mounts ?? [];
  if (!sessions) throw new Error("Nothing is mounted.");
  return sessions.get(getRequest());
});

export const count = createServerFn({ method: "POST" }).handler(() => {
  const views = Number(session().get("views") ?? 0) + 1;
  session().set("views", views);
  return views;
});

export const goAway = createServerFn({ method: "POST" }).handler(() => {
  session().set("gone", true);
  throw redirect({ to: "/own/page" });
});

export const lookFor = createServerFn({ method: "POST" }).handler(() => {
  session().set("looked", true);
  throw notFound();
});

export const fail = createServerFn({ method: "POST" }).handler(() => {
  session().set("failed", true);
  throw new Error("a bug of the application");
});

export const signIn = createServerFn({ method: "POST" }).handler(() => {
  session().login("ada");
  return "signed in";
});

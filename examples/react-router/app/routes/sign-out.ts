import { redirect } from "react-router";
import { sessions } from "../sessions.server";
import type { Route } from "./+types/sign-out";

export async function action({ context }: Route.ActionArgs) {
  await sessions.get(context).destroy();
  return redirect("/", 303);
}

import { redirect } from "react-router";
import { sessions } from "../sessions.server";
import type { Route } from "./+types/apples";

export async function action({ context }: Route.ActionArgs) {
  await sessions.get(context).update("apples", (apples = 0) => apples + 1);
  return redirect("/", 303);
}

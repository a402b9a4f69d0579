import { redirect } from "react-router";
import { sessions } from "../sessions.server";
import type { Route } from "./+types/sign-in";

export async function action({ request, context }: Route.ActionArgs) {
  const name = String((await request.formData()).get("name"));
  // Check the password here.
  const visit = sessions.get(context);
  visit.login(name);
  visit.flash(`Welcome, ${name}.`);
  return redirect("/", 303);
}

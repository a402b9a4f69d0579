"use server";

import { redirect } from "next/navigation";
import { action } from "../sessions";

export const addApple = action(async (session) => {
  await session.update("apples", (apples = 0) => apples + 1);
  redirect("/");
});

export const signIn = action(async (session, form: FormData) => {
  const name = String(form.get("name")).slice(0, 60);
  // A real application asks for more than a name.
  session.login(name);
  session.flash(`Welcome, ${name}.`);
  redirect("/");
});

export const signOut = action(async (session) => {
  await session.destroy();
  redirect("/");
});

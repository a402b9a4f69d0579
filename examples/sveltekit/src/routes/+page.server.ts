import { fail, redirect } from "@sveltejs/kit";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async ({ locals: { session } }) => {
  const views = (session.get("views") ?? 0) + 1;
  session.set("views", views);
  return {
    views,
    apples: session.get("apples") ?? 0,
    user: session.userId,
    messages: await session.flashes<string>(),
  };
};

export const actions: Actions = {
  apple: async ({ locals: { session } }) => {
    await session.update("apples", (apples = 0) => apples + 1);
    redirect(303, "/");
  },

  signIn: async ({ locals: { session }, request }) => {
    const name = (await request.formData()).get("name");
    if (typeof name !== "string" || name === "") return fail(400, { problem: "Who are you?" });
    // A real application asks for more than a name.
    session.login(name);
    session.flash(`Welcome, ${name}.`);
    redirect(303, "/");
  },

  signOut: async ({ locals: { session } }) => {
    await session.destroy();
    redirect(303, "/");
  },
};

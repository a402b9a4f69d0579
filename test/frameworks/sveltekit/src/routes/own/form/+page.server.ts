import { fail, redirect } from "@sveltejs/kit";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = ({ locals }) => ({ user: locals.session.userId ?? "nobody" });

export const actions: Actions = {
  signIn: async ({ locals, request, cookies }) => {
    const name = (await request.formData()).get("name");
    locals.session.update("views", (views = 0) => views + 1);
    if (typeof name !== "string" || name === "") return fail(422, { missing: true });
    locals.session.login(name);
    cookies.set("theme", "dark", { path: "/" });
    redirect(303, "/own/form");
  },
  bug: ({ locals }) => {
    locals.session.set("views", 99);
    throw new Error("a bug of the application");
  },
};

import { session } from "coatcheck/elysia";
import { Elysia, t } from "elysia";
import { page } from "./page.ts";
import { sessions } from "./sessions.ts";

export const app = new Elysia()
  .use(session(sessions))
  .get("/", async ({ session, set }) => {
    const views = (session.get("views") ?? 0) + 1;
    session.set("views", views);
    const messages = await session.flashes<string>();
    set.headers["content-type"] = "text/html; charset=utf-8";
    return page({ views, apples: session.get("apples") ?? 0, user: session.userId, messages });
  })
  .post(
    "/sign-in",
    ({ session, body: { name }, redirect }) => {
      session.login(name);
      session.flash(`Welcome, ${name}.`);
      return redirect("/", 303);
    },
    { body: t.Object({ name: t.String({ minLength: 1, maxLength: 100 }) }) },
  )
  .post("/apples", async ({ session, redirect }) => {
    await session.update("apples", (apples = 0) => apples + 1);
    return redirect("/", 303);
  })
  .post("/sign-out", async ({ session, redirect }) => {
    await session.destroy();
    return redirect("/", 303);
  });

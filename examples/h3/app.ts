import type { Session } from "coatcheck";
import { session } from "coatcheck/h3";
import { H3, HTTPError, html, raw, redirect } from "h3";
import { page } from "./page.ts";
import { sessions, type Visit } from "./sessions.ts";

declare module "h3" {
  interface H3EventContext {
    session: Session<Visit>;
  }
}

export const app = new H3()
  .use(session(sessions))
  .get("/", async ({ context: { session } }) => {
    const views = (session.get("views") ?? 0) + 1;
    session.set("views", views);
    const messages = await session.flashes<string>();
    const apples = session.get("apples") ?? 0;
    return html(raw(page({ views, apples, user: session.userId, messages })));
  })
  .post("/apples", async ({ context: { session } }) => {
    await session.update("apples", (apples = 0) => apples + 1);
    return redirect("/", 303);
  })
  .post("/sign-in", async ({ req, context: { session } }) => {
    const name = (await req.formData()).get("name");
    if (typeof name !== "string" || name === "") throw new HTTPError({ status: 400, message: "Who are you?" });
    // A real application asks for more than a name.
    session.login(name);
    session.flash(`Welcome, ${name}.`);
    return redirect("/", 303);
  })
  .post("/sign-out", async ({ context: { session } }) => {
    await session.destroy();
    return redirect("/", 303);
  });

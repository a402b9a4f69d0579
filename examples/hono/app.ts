import { SessionError } from "coatcheck";
import { session } from "coatcheck/hono";
import { Hono } from "hono";
import { csrf } from "hono/csrf";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { page } from "./page.ts";
import { sessions } from "./sessions.ts";

export const app = new Hono()
  .use(csrf())
  .use(session(sessions))
  .get("/", async (c) => {
    const { session } = c.var;
    const views = (session.get("views") ?? 0) + 1;
    session.set("views", views);
    const messages = await session.flashes<string>();
    return c.html(page({ views, apples: session.get("apples") ?? 0, user: session.userId, messages }));
  })
  .post("/apples", async (c) => {
    await c.var.session.update("apples", (apples = 0) => apples + 1);
    return c.redirect("/", 303);
  })
  .post("/sign-in", async (c) => {
    const { name } = await c.req.parseBody();
    if (typeof name !== "string" || name === "") throw new HTTPException(400, { message: "Who are you?" });
    // A real application asks for more than a name.
    c.var.session.login(name);
    c.var.session.flash(`Welcome, ${name}.`);
    return c.redirect("/", 303);
  })
  .post("/sign-out", async (c) => {
    await c.var.session.destroy();
    return c.redirect("/", 303);
  })
  .onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
    console.error(error);
    if (!(error instanceof SessionError)) return c.text("Something went wrong here.", 500);
    return c.text("Please try again.", error.status as ContentfulStatusCode);
  });

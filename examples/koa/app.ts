import { bodyParser } from "@koa/bodyparser";
import Router from "@koa/router";
import { SessionError } from "coatcheck";
import { session } from "coatcheck/koa";
import Koa, { HttpError } from "koa";
import { page } from "./page.ts";
import { sessions } from "./sessions.ts";

declare module "coatcheck/koa" {
  interface Mounts {
    session: typeof sessions;
  }
}

const router = new Router();

router.get("/", async (ctx) => {
  const { session } = ctx;
  const views = (session.get("views") ?? 0) + 1;
  session.set("views", views);
  const messages = await session.flashes<string>();
  ctx.body = page({ views, apples: session.get("apples") ?? 0, user: session.userId, messages });
});

router.post("/apples", async (ctx) => {
  await ctx.session.update("apples", (apples = 0) => apples + 1);
  ctx.status = 303;
  ctx.redirect("/");
});

router.post("/sign-in", async (ctx) => {
  const { name } = ctx.request.body as { name?: unknown };
  if (typeof name !== "string" || name === "") return ctx.throw(400, "Who are you?");
  // A real application asks for more than a name.
  ctx.session.login(name);
  ctx.session.flash(`Welcome, ${name}.`);
  ctx.status = 303;
  ctx.redirect("/");
});

router.post("/sign-out", async (ctx) => {
  await ctx.session.destroy();
  ctx.status = 303;
  ctx.redirect("/");
});

export const app = new Koa();

app.use(async (ctx, next) => {
  try {
    await next();
  } catch (error) {
    // What the session could not store comes here, too.
    const isExpected = error instanceof HttpError || error instanceof SessionError;
    ctx.status = isExpected ? error.status : 500;
    ctx.body = error instanceof HttpError && error.expose ? error.message : "Please try again.";
    if (ctx.status >= 500) app.emit("error", error, ctx);
  }
});
app.use(session(sessions));
app.use(bodyParser({ enableTypes: ["form"] }));
app.use(router.routes());
app.use(router.allowedMethods());

import { initTRPC, TRPCError } from "@trpc/server";
import { sessionContext, sessionErrors } from "coatcheck/trpc";
import { z } from "zod";
import { sessions } from "./sessions.ts";

export const createContext = sessionContext(sessions);

const t = initTRPC.context<ReturnType<typeof createContext>>().create();

const procedure = t.procedure.use(sessionErrors);

/** For those who are signed in; `ctx.user` is theirs. */
const signedIn = procedure.use(({ ctx, next }) => {
  const { userId } = ctx.session;
  if (userId === undefined) throw new TRPCError({ code: "UNAUTHORIZED" });
  return next({ ctx: { user: userId } });
});

export const router = t.router({
  view: procedure.mutation(({ ctx }) => {
    const views = (ctx.session.get("views") ?? 0) + 1;
    ctx.session.set("views", views);
    return views;
  }),

  addApple: procedure.mutation(({ ctx }) => ctx.session.update("apples", (apples = 0) => apples + 1)),

  messages: procedure.mutation(({ ctx }) => ctx.session.flashes<string>()),

  account: signedIn.query(({ ctx }) => ({ user: ctx.user, apples: ctx.session.get("apples") ?? 0 })),

  // A real application asks for more than a name.
  signIn: procedure.input(z.object({ name: z.string().min(1) })).mutation(({ ctx, input }) => {
    ctx.session.login(input.name);
    ctx.session.flash(`Welcome, ${input.name}.`);
  }),

  signOut: signedIn.mutation(({ ctx }) => ctx.session.destroy()),
});

export type AppRouter = typeof router;

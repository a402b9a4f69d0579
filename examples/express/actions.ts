import type { Sessions } from "coatcheck";
import { deviceLabel } from "coatcheck/admin";
import express, { type Request, Router } from "express";
import type { Visit } from "./sessions.ts";
import { items, users } from "./shop.ts";

/** What the forms of the page do. Each action returns a sentence, which the next page shows once. */
export function actions(visits: Sessions<Visit>): Router {
  const router = Router();
  router.use(express.urlencoded({ extended: false, limit: "10kb" }));

  // Redirecting after a POST keeps "reload" from sending the form again.
  const post = (path: string, act: (req: Request) => string | Promise<string>): void => {
    router.post(path, async (req, res) => {
      req.session.flash(await act(req));
      res.redirect(303, "/");
    });
  };

  post("/sign-in", (req) => {
    const userId = field(req, "user");
    const name = users.get(userId);
    // A real application checks a password here.
    if (name === undefined) return "Nobody of that name is known here.";
    req.session.login(userId);
    req.session.set("device", deviceLabel(req));
    req.session.remember(field(req, "remember") === "yes" ? "14d" : false);
    return `Welcome, ${name}.`;
  });

  post("/sign-out", async ({ session }) => {
    await session.destroy();
    return "You are signed out.";
  });

  post("/cart/add", async (req) => {
    const item = field(req, "item");
    const name = items.get(item)?.name;
    if (name === undefined) return "The shop does not have that.";
    // Atomic, so that two quick clicks put two things into the cart.
    await req.session.update("cart", (cart = []) => [...cart, item]);
    return `${name}: put into your cart.`;
  });

  post("/cart/remove", async (req) => {
    const item = field(req, "item");
    await req.session.update("cart", (cart = []) => cart.toSpliced(cart.indexOf(item), cart.includes(item) ? 1 : 0));
    return `${items.get(item)?.name ?? "That"}: taken out of your cart.`;
  });

  post("/cart/empty", ({ session }) => {
    session.delete("cart");
    return "Your cart is empty.";
  });

  post("/theme", async (req) => {
    const theme = field(req, "theme");
    if (theme === "light" || theme === "dark") {
      req.prefs.set("theme", theme);
      return `The page is ${theme} from now on.`;
    }
    await req.prefs.destroy();
    return "The page follows your system again.";
  });

  post("/browsers/sign-out", async (req) => {
    if (req.session.userId === undefined) return signedOut;
    // Only if it is one of this user's.
    const isDone = await visits.of(req.session).revoke(field(req, "id"));
    return isDone ? "That browser is signed out." : "That browser was not signed in any more.";
  });

  post("/browsers/sign-out-others", async ({ session }) => {
    if (session.userId === undefined) return signedOut;
    const count = await visits.of(session).revokeOthers();
    return count === 1 ? "1 other browser is signed out." : `${count} other browsers are signed out.`;
  });

  return router;
}

const signedOut = "You are not signed in any more.";

function field(req: Request, name: string): string {
  const value: unknown = req.body?.[name];
  return typeof value === "string" ? value : "";
}

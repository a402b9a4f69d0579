import { Router } from "express";
import { hiddenToken } from "./form.ts";
import { html } from "./html.ts";
import { show } from "./page.ts";
import { sessions } from "./sessions.ts";

export const home = Router();

home.get("/", async (req, res) => {
  const session = sessions.get(req);
  const visits = await session.update("visits", (count = 0) => count + 1);
  const { userId } = session;
  if (userId === undefined) {
    const content = html`
<p>Visits: ${visits}</p>
<p><a href="/sign-in">Sign in</a> or <a href="/register">register</a>.</p>`;
    await show(req, res, "Welcome", content);
    return;
  }
  const content = html`
<p>Visits: ${visits}</p>
<p><a href="/devices">Where you are signed in</a></p>
<p><a href="/password">A new password</a></p>
<form method="post" action="/sign-out">
${await hiddenToken(req)}
<button>Sign out</button>
</form>`;
  await show(req, res, `Hello, ${userId}`, content);
});

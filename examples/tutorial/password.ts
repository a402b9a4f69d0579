import { requireUser } from "coatcheck/security";
import { Router } from "express";
import { field, hiddenToken } from "./form.ts";
import { html } from "./html.ts";
import { show } from "./page.ts";
import { hashPassword, isPassword } from "./passwords.ts";
import { sessions } from "./sessions.ts";
import { hashOf, saveUser } from "./users.ts";

export const password = Router();

password.get("/password", async (req, res) => {
  requireUser(sessions.get(req));
  const content = html`
<form method="post">
${await hiddenToken(req)}
<label>Password now <input name="current" type="password" autocomplete="current-password" required></label>
<label>New password <input name="next" type="password" autocomplete="new-password" minlength="15" required></label>
<button>Change it</button>
</form>
<p><a href="/">Back</a></p>`;
  await show(req, res, "A new password", content);
});

password.post("/password", async (req, res) => {
  const session = sessions.get(req);
  const name = requireUser(session);
  const next = field(req, "next");
  if (!(await isPassword(field(req, "current"), hashOf(name))) || next.length < 15) {
    session.flash("The password is wrong, or the new one has less than 15 characters.");
    res.redirect(303, "/password");
    return;
  }
  saveUser(name, await hashPassword(next));
  const count = await sessions.of(session).revokeOthers();
  session.regenerate();
  session.flash(`Your password is changed. Other browsers that are signed out: ${count}.`);
  res.redirect(303, "/");
});

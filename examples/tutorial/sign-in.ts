import { Router } from "express";
import { browserName } from "./browser-name.ts";
import { field, hiddenToken } from "./form.ts";
import { html } from "./html.ts";
import { show } from "./page.ts";
import { isPassword } from "./passwords.ts";
import { sessions } from "./sessions.ts";
import { hashOf } from "./users.ts";

export const signIn = Router();

signIn.get("/sign-in", async (req, res) => {
  const content = html`
<form method="post">
${await hiddenToken(req)}
<label>Name <input name="name" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<label><input type="checkbox" name="remember" value="yes"> Remember me on this device</label>
<button>Sign in</button>
</form>
<p>No account yet? <a href="/register">Register</a>.</p>`;
  await show(req, res, "Sign in", content);
});

signIn.post("/sign-in", async (req, res) => {
  const session = sessions.get(req);
  const name = field(req, "name");
  if (!(await isPassword(field(req, "password"), hashOf(name)))) {
    session.flash("The name or the password is wrong.");
    res.redirect(303, "/sign-in");
    return;
  }
  session.login(name);
  session.set("browser", browserName(req.get("user-agent")));
  session.remember(field(req, "remember") === "yes" ? "30d" : false);
  session.flash(`Welcome, ${name}.`);
  res.redirect(303, "/");
});

signIn.post("/sign-out", async (req, res) => {
  await sessions.get(req).destroy();
  res.redirect(303, "/");
});

import { Router } from "express";
import { field, hiddenToken } from "./form.ts";
import { html } from "./html.ts";
import { show } from "./page.ts";
import { hashPassword } from "./passwords.ts";
import { sessions } from "./sessions.ts";
import { hashOf, saveUser } from "./users.ts";

export const register = Router();

register.get("/register", async (req, res) => {
  const content = html`
<form method="post">
${await hiddenToken(req)}
<label>Name <input name="name" autocomplete="username" pattern="[a-z0-9]{1,32}" title="Small letters and digits" required></label>
<label>Password <input name="password" type="password" autocomplete="new-password" minlength="15" required></label>
<p>At least 15 characters. Four words are easy to remember and hard to guess.</p>
<button>Register</button>
</form>
<p>You have an account? <a href="/sign-in">Sign in</a>.</p>`;
  await show(req, res, "Register", content);
});

register.post("/register", async (req, res) => {
  const session = sessions.get(req);
  const name = field(req, "name");
  const password = field(req, "password");
  const hash = await hashPassword(password);
  if (!/^[a-z0-9]{1,32}$/.test(name) || password.length < 15) {
    session.flash("A name has small letters and digits, a password at least 15 characters.");
    res.redirect(303, "/register");
  } else if (hashOf(name) !== undefined) {
    session.flash("This name is taken.");
    res.redirect(303, "/register");
  } else {
    saveUser(name, hash);
    session.flash("Your account is ready. Please sign in.");
    res.redirect(303, "/sign-in");
  }
});

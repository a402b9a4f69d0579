import { session } from "coatcheck/express";
import { csrfMiddleware } from "coatcheck/security";
import express from "express";
import { devices } from "./devices.ts";
import { onError } from "./errors.ts";
import { protection } from "./form.ts";
import { home } from "./home.ts";
import { password } from "./password.ts";
import { ready } from "./ready.ts";
import { register } from "./register.ts";
import { sessions } from "./sessions.ts";
import { signIn } from "./sign-in.ts";

export const app = express();
app.use(express.static("public"), ready);
app.use(session(sessions));
app.use(express.urlencoded({ extended: false })); // reads a form into req.body
app.use(csrfMiddleware(protection));
app.use(home, register, signIn, devices, password);
app.use(onError);

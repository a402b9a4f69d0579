import passport from "passport";
import { Strategy } from "passport-local";

interface Person {
  readonly name: string;
}

declare global {
  namespace Express {
    interface User extends Person {}
  }
}

// A real application looks the password up; here a name is enough.
passport.use(
  new Strategy({ usernameField: "name", passwordField: "name" }, (name, _password, done) => done(null, { name })),
);
passport.serializeUser((user, done) => done(null, user.name));
passport.deserializeUser((name: string, done) => done(null, { name }));

export { passport };

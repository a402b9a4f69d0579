import { getIronSession, type SessionOptions } from "iron-session";
import type { BenchData } from "../../../data.ts";
import type { Access } from "../access.ts";
import type { Start } from "../variant.ts";
import { type Exchange, serve } from "./app.ts";

const options: SessionOptions = {
  cookieName: "session",
  password: "a password for this benchmark only",
  cookieOptions: { secure: false },
};
const sessionOf = ({ req, res }: Exchange) => getIronSession<BenchData>(req, res, options);

/** It is no middleware: a handler that does not ask for the session pays nothing. */
const access: Access<Exchange> = {
  async fill(exchange, data) {
    const session = await sessionOf(exchange);
    Object.assign(session, data);
    await session.save();
  },
  read: async (exchange) => (await sessionOf(exchange)).views,
  async write(exchange) {
    const session = await sessionOf(exchange);
    session.views += 1;
    await session.save();
    return session.views;
  },
};

export const start: Start = (size) => serve(size, access);

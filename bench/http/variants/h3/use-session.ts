import { type H3Event, type SessionConfig, useSession } from "h3";
import type { BenchData } from "../../../data.ts";
import type { Access } from "../access.ts";
import type { Start } from "../variant.ts";
import { serve } from "./app.ts";

const config: SessionConfig = {
  password: "a password for this benchmark only",
  name: "session",
  cookie: { secure: false },
};
const sessionOf = (event: H3Event) => useSession<Partial<BenchData>>(event, config);

/** It is no middleware: a handler that does not ask for the session pays nothing. */
const access: Access<H3Event> = {
  async fill(event, data) {
    await (await sessionOf(event)).update(data);
  },
  read: async (event) => (await sessionOf(event)).data.views,
  async write(event) {
    const session = await sessionOf(event);
    const count = (session.data.views ?? 0) + 1;
    await session.update({ views: count });
    return count;
  },
};

export const start: Start = (size) => serve(size, access);

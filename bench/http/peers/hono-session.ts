import type { Context, MiddlewareHandler } from "hono";
import type { BenchData } from "../../data.ts";
import type { Access } from "../variants/access.ts";
import { serve } from "../variants/hono/app.ts";
import type { Start } from "../variants/variant.ts";
import { load } from "./load.ts";

interface HonoSession {
  readonly useSession: (options: object) => MiddlewareHandler;
}

interface Session {
  get(): Promise<BenchData | null>;
  update(data: BenchData): Promise<void>;
}

const sessionOf = (c: Context): Session => (c as Context<{ Variables: { session: Session } }>).get("session");

const access: Access<Context> = {
  fill: (c, data) => sessionOf(c).update(data),
  read: async (c) => (await sessionOf(c).get())?.views,
  async write(c) {
    const session = sessionOf(c);
    const data = (await session.get()) as BenchData;
    const count = data.views + 1;
    await session.update({ ...data, views: count });
    return count;
  },
};

export const start: Start = async (size) => {
  const { useSession } = await load<HonoSession>("@hono/session");
  return serve(size, access, (app) => app.use(useSession({ secret: "5ec2e7".repeat(11).slice(0, 64) })));
};

import type { Session } from "coatcheck";
import { page } from "./page.ts";
import { sessions, type Visit } from "./sessions.ts";

export { SessionShard } from "coatcheck/stores/durable-object";

type Handler = (session: Session<Visit>, request: Request) => Promise<Response>;

const toPage = (): Response => new Response(null, { status: 303, headers: { location: "/" } });

const routes: Readonly<Record<string, Handler>> = {
  async "GET /"(session) {
    const views = (session.get("views") ?? 0) + 1;
    session.set("views", views);
    const messages = await session.flashes<string>();
    const html = page({ views, apples: session.get("apples") ?? 0, user: session.userId ?? "nobody", messages });
    return new Response(html, { headers: { "content-type": "text/html; charset=utf-8" } });
  },
  async "POST /apples"(session) {
    await session.update("apples", (apples = 0) => apples + 1);
    return toPage();
  },
  async "POST /sign-in"(session, request) {
    const name = (await request.formData()).get("name");
    if (typeof name !== "string" || name === "") return new Response("Who are you?", { status: 400 });
    // A real application asks for more than a name.
    session.login(name);
    session.flash(`Welcome, ${name}.`);
    return toPage();
  },
  async "POST /sign-out"(session) {
    await session.destroy();
    return toPage();
  },
};

/** A form of another site could act for a visitor who is signed in here. */
const isOfOtherSite = ({ method, headers }: Request, { origin }: URL): boolean =>
  method === "POST" && headers.get("origin") !== origin;

export default {
  async fetch(request) {
    const url = new URL(request.url);
    const route = routes[`${request.method} ${url.pathname}`];
    if (!route) return new Response("There is nothing here.", { status: 404 });
    if (isOfOtherSite(request, url)) return new Response("This form is not ours.", { status: 403 });
    return sessions.handle(request, (_, session) => route(session, request));
  },
} satisfies ExportedHandler<Cloudflare.Env>;

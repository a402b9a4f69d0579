// Two visitors whose responses are made with one object of headers: how many cookies each of them gets.
import { createSessions } from "coatcheck";
import { session } from "coatcheck/graphql-yoga";
import { memoryStore } from "coatcheck/stores/memory";
import { createSchema, createYoga, type Plugin } from "graphql-yoga";
import { request, serve } from "../../support/adapters/node.ts";

const sessions = createSessions({ store: memoryStore(), observer: () => undefined });
const headers = { "x-shared": "yes" };

const answering: Plugin = {
  onRequest: ({ request, url, endResponse, fetchAPI }) => {
    if (url.pathname === "/writes") sessions.get(request).set("views", 1);
    endResponse(new fetchAPI.Response("text", { headers }));
  },
};

const schema = createSchema({ typeDefs: "type Query { nothing: Int }", resolvers: {} });
const server = await serve(createYoga({ schema, plugins: [session(sessions), answering], logging: false }));
const cookies: number[] = [];
for (const path of ["/writes", "/plain"]) {
  const answer = await request(server.url + path, { method: "GET", headers: {} });
  cookies.push(answer.headers.getSetCookie().length);
  await answer.text();
}
await server.close();
console.log(cookies.join());

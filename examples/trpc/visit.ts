// A client with a jar for its cookies, as a browser has one: `npm run visit`, while the server runs.
import { createTRPCClient, httpBatchLink } from "@trpc/client";
import { createJar } from "coatcheck/testing";
import type { AppRouter } from "./router.ts";

const url = `http://localhost:${process.env.PORT ?? 3000}`;
const jar = createJar();

const client = createTRPCClient<AppRouter>({
  links: [
    httpBatchLink({
      url,
      async fetch(input, init) {
        const headers = new Headers(init?.headers as HeadersInit);
        headers.set("cookie", jar.header(url) ?? "");
        const response = await fetch(input, { ...(init as RequestInit), headers });
        jar.store(url, response.headers.getSetCookie());
        return response;
      },
    }),
  ],
});

// What is called at once is one request, with one session and one commit.
console.log(await Promise.all([client.view.mutate(), client.view.mutate(), client.addApple.mutate()]));
await client.signIn.mutate({ name: "ada" });
console.log(await client.messages.mutate(), await client.account.query());
await client.signOut.mutate();
console.log(await client.account.query().catch((error: Error) => error.message));

import { same } from "../../assert.ts";
import { createSharedCache } from "../../shared-cache.ts";
import { gate } from "../app.ts";
import type { AdapterRule, TestResponse } from "../harness.ts";

const shared = { "cache-control": "public, max-age=60" };

/** What shared caches may store. */
export const cacheRules: readonly AdapterRule[] = [
  {
    title: "B28: a shared cache may not keep a response that sets the cookie or read the session, and may keep others",
    async check(harness) {
      const sessions = harness.sessions();
      const headers = { "cache-control": "public, max-age=60", vary: "Accept" };
      const visitor = (
        await harness.open(
          {
            "/sets": ({ session }) => {
              session(sessions).set("views", 1);
              return { headers };
            },
            "/reads": ({ session }) => ({ headers, body: String(session(sessions).get("views")) }),
            "/plain": () => ({ headers, body: "plain" }),
          },
          sessions,
        )
      )();
      for (const path of ["/sets", "/reads"]) {
        const answer = await visitor.get(path);
        const directives = (answer.headers.get("cache-control") ?? "").split(/,\s*/);
        same(
          ["private", "public"].map((one) => directives.includes(one)),
          [true, false],
          `${path}: private, public`,
        );
        same(directives.includes("max-age=60"), true, `${path}: the rest of Cache-Control`);
        same(variesBy(answer), [true, true], `${path}: Vary by Accept, by Cookie`);
      }
      const plain = await visitor.get("/plain");
      same(plain.headers.get("cache-control"), "public, max-age=60", "/plain: Cache-Control");
      same(variesBy(plain), [true, false], "/plain: Vary by Accept, by Cookie");
    },
  },
  {
    title: "B65: a stream that first reads the session after its first byte is not kept by a shared cache",
    async check(harness) {
      const sessions = harness.sessions();
      let gates = gate();
      const newVisitor = await harness.open(
        {
          "/login": ({ session }) => {
            session(sessions).login("alice");
            return { body: "hello" };
          },
          "/late": ({ session }) => {
            const { passed } = gates;
            async function* page(): AsyncGenerator<string> {
              yield "welcome ";
              await passed;
              yield session(sessions).userId ?? "stranger";
            }
            return { headers: { ...shared, "cdn-cache-control": "max-age=60" }, body: page() };
          },
        },
        sessions,
      );
      const cache = createSharedCache({ clock: () => harness.now, ignoresVary: true });
      const fetchLate = async (visitor: ReturnType<typeof newVisitor>): Promise<string> => {
        const request = new Request("https://shop.example/late");
        const response = await cache.fetch(request, async () => {
          gates = gate();
          const begun = await visitor.request("/late");
          gates.open();
          return begun;
        });
        return response.text();
      };
      const alice = newVisitor();
      await alice.get("/login");
      same(await fetchLate(alice), "welcome alice", "what Alice sees");
      same(await fetchLate(newVisitor()), "welcome stranger", "what a stranger sees");
    },
  },
  {
    title: "B65: a file stays in shared caches, also for visitors with a session that was not read",
    async check(harness) {
      const sessions = harness.sessions();
      const visitor = (
        await harness.open(
          {
            "/write": ({ session }) => {
              session(sessions).set("views", 1);
              return {};
            },
            "/file": () => ({ headers: { ...shared, etag: '"1"' }, body: pieces() }),
          },
          sessions,
        )
      )();
      await visitor.get("/write");
      const file = await visitor.get("/file");
      same([file.headers.get("cache-control"), file.body], ["public, max-age=60", "first second"], "the file");
    },
  },
];

async function* pieces(): AsyncGenerator<string> {
  yield "first ";
  yield "second";
}

/** Whether a response varies by these request headers; frameworks add headers of their own. */
function variesBy({ headers }: TestResponse): boolean[] {
  const names = (headers.get("vary") ?? "").toLowerCase().split(/,\s*/);
  return ["accept", "cookie"].map((name) => names.includes(name));
}

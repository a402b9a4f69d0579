// What a server does whose clock is wrong by some milliseconds: one session of its own, and a round of pruning.
const [url = "", shift = "0"] = process.argv.slice(2);
const real = Date.now;
Date.now = () => real() + Number(shift);

const { createSessions } = await import("coatcheck");
const { openStore } = await import("coatcheck/stores/open");
const sessions = createSessions<{ n: number }>({
  store: await openStore(url),
  idleTimeout: "1h",
  absoluteTimeout: "2h",
  pruneInterval: false,
  storeTimeout: "60s",
  commitTimeout: "60s",
});
const response = await sessions.handle(new Request("http://localhost/"), (_, session) => {
  session.set("n", 1);
  return new Response("ok");
});
await sessions.prune();
const [cookie = ""] = response.headers.getSetCookie();
const maxAge = Number(/Max-Age=(-?\d+)/.exec(cookie)?.[1]);
const id = /session=([^.]+)\./.exec(cookie)?.[1];
process.stdout.write(JSON.stringify({ id, maxAge }));
await sessions.close();

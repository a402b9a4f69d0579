import { createSessions } from "coatcheck";
import { openStore } from "coatcheck/stores/open";

const [url = "", id = "", times = "0"] = process.argv.slice(2);
const sessions = createSessions<{ n: number }>({
  store: await openStore(url),
  commitTimeout: "60s",
  storeTimeout: "60s",
});
const updates = Array.from({ length: Number(times) }, () =>
  sessions.edit(id, (session) => session.update("n", (now) => (now ?? 0) + 1)),
);
await Promise.all(updates);
await sessions.close();

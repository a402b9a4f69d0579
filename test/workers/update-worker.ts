import { createSessions } from "coatcheck";
import { sqliteStore } from "coatcheck/stores/sqlite";

const [path = "", id = "", times = "0"] = process.argv.slice(2);
const sessions = createSessions<{ n: number }>({
  store: sqliteStore({ path }),
  commitTimeout: "60s",
  storeTimeout: "30s",
});
const updates = Array.from({ length: Number(times) }, () =>
  sessions.edit(id, (session) => session.update("n", (now) => (now ?? 0) + 1)),
);
await Promise.all(updates);
await sessions.close();

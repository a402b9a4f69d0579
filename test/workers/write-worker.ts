import { createSessions } from "coatcheck";
import { sqliteStore } from "coatcheck/stores/sqlite";

const [path = "", id = "", key = "", times = "0"] = process.argv.slice(2);
const sessions = createSessions({ store: sqliteStore({ path }), commitTimeout: "60s", storeTimeout: "30s" });
for (let i = 0; i < Number(times); i++) await sessions.edit(id, (session) => session.set(`${key}${i}`, i));
await sessions.close();

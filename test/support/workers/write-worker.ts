import { createSessions } from "coatcheck";
import { openStore } from "coatcheck/stores/open";

const [url = "", id = "", key = "", times = "0"] = process.argv.slice(2);
const sessions = createSessions({ store: await openStore(url), commitTimeout: "60s", storeTimeout: "60s" });
for (let i = 0; i < Number(times); i++) await sessions.edit(id, (session) => session.set(`${key}${i}`, i));
await sessions.close();

import { createSessions } from "coatcheck";
import { openStore } from "coatcheck/stores/open";

// Loads a session, says so, waits for a line on stdin (it is stopped meanwhile), changes the session and tells the outcome.
const [url = "", id = ""] = process.argv.slice(2);
const store = await openStore(url);
const sessions = createSessions<{ late: boolean }>({ store, storeTimeout: "60s", commitTimeout: "60s" });
const outcome = await sessions
  .edit(id, async (session) => {
    session.get("late");
    process.stdout.write("loaded\n");
    await new Promise((resolve) => process.stdin.once("data", resolve));
    session.set("late", true);
  })
  .then(
    () => "committed",
    (error: { code?: string }) => error.code ?? String(error),
  );
process.stdout.write(`${outcome}\n`);
await sessions.close();
process.exit();

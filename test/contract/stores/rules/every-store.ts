import { describeStore, type StoreName, storeUnderTest } from "../../../support/stores/stores.ts";
import { administration } from "./administration.ts";
import { data } from "./data.ts";
import { life } from "./life.ts";
import { oldSessions } from "./old-sessions.ts";
import { processes, races } from "./races.ts";
import { rewinds } from "./rewinds.ts";

/** What sessions promise on every store. */
export async function everyStore(name: StoreName): Promise<void> {
  const subject = await storeUnderTest(name);
  describeStore(`sessions in ${name}`, subject, () => {
    life(subject);
    data(subject);
    administration(subject, name);
    races(subject);
    rewinds(subject);
    oldSessions(subject);
    if (name !== "memory") processes(subject);
  });
}

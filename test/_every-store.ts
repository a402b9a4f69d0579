import { administration } from "./_every-store-administration.ts";
import { data } from "./_every-store-data.ts";
import { life } from "./_every-store-life.ts";
import { processes, races } from "./_every-store-races.ts";
import { rewinds } from "./_every-store-rewinds.ts";
import { describeStore, type StoreName, storeUnderTest } from "./_stores.ts";

/** What sessions promise on every store. */
export async function everyStore(name: StoreName): Promise<void> {
  const subject = await storeUnderTest(name);
  describeStore(`sessions in ${name}`, subject, () => {
    life(subject);
    data(subject);
    administration(subject, name);
    races(subject);
    rewinds(subject);
    if (name !== "memory") processes(subject);
  });
}

import { administration } from "./_every-store-administration.ts";
import { data } from "./_every-store-data.ts";
import { life } from "./_every-store-life.ts";
import { processes, races } from "./_every-store-races.ts";
import { describeStore, type StoreName, stores } from "./_stores.ts";

/** What sessions promise on every store. */
export function everyStore(name: StoreName): void {
  const subject = stores[name];
  describeStore(`sessions in ${name}`, subject, () => {
    life(subject);
    data(subject);
    administration(subject);
    races(subject);
    if (name !== "memory") processes(subject);
  });
}

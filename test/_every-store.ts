import { processes, races } from "./_every-store-races.ts";
import { describeStore, type StoreName, stores } from "./_stores.ts";

/** The whole library on one store. */
export function everyStore(name: StoreName): void {
  const subject = stores[name];
  describeStore(`sessions in ${name}`, subject, () => {
    races(subject);
    if (name !== "memory") processes(subject);
  });
}

import { visible } from "../../core/language/visible.ts";
import { type Command, isSet } from "../command.ts";
import { counted } from "../format.ts";
import { bulkLimit, storeOptions, within, withStore } from "../open-store.ts";
import { misuse } from "../stop.ts";

export const clear: Command = {
  name: "clear",
  summary: "Ends all sessions of the application",
  options: { ...storeOptions, yes: { about: "really do it; without this, only say how many there are" } },
  examples: ["coatcheck clear", "coatcheck clear --yes"],
  run: (input) =>
    withStore(input, async ({ store, config, place, now }) => {
      const { namespace } = config;
      const live = (await store.count?.(namespace, now, within(bulkLimit))) ?? 0;
      const what = `${counted(live, "live session")} in ${visible(namespace)}, at ${place.shown}`;
      if (!isSet(input, "yes"))
        throw misuse(`This would end ${what}, and sign out their users. Nothing was done. To do it, add --yes.`);
      await store.clear?.(namespace, within(bulkLimit));
      return { data: { namespace, ended: live }, lines: [`Ended ${what}.`] };
    }),
};

import { session } from "coatcheck/h3-v1";
import { sessions } from "../utils/sessions";

export default defineNitroPlugin((nitroApp) => {
  const { mounts } = globalThis.suite ?? {};
  if (!mounts) return session(sessions)(nitroApp);
  for (const mounted of mounts.toReversed()) session(mounted, { as: mounted.name })(nitroApp);
});

import { session } from "coatcheck/h3-v1";
import { defineNitroPlugin } from "nitropack/runtime";
import { sessions } from "../utils/sessions";

export default defineNitroPlugin((nitroApp) => {
  session(sessions)(nitroApp);
  nitroApp.hooks.hook("close", () => sessions.close());
});

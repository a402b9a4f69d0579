import { generateKey } from "coatcheck";
import { cookieStore } from "coatcheck/stores/cookie";
import type { Sealer } from "./sealer.ts";

const store = cookieStore({ keys: [generateKey()] });
const binding = () => ({
  name: "session",
  namespace: "session",
  application: "",
  now: Date.now(),
  absoluteTimeout: 30 * 24 * 60 * 60 * 1000,
});

export const coatcheck: Sealer = {
  name: "coatcheck",
  seal: (text) => store.seal(text, binding()),
  async unseal(token) {
    const opened = await store.unseal(token, binding());
    return "text" in opened ? opened.text : undefined;
  },
};

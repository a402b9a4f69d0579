import { generateKey } from "../../crypto/key.ts";
import type { Command } from "../command.ts";

export const key: Command = {
  name: "key",
  summary: "Prints a new random key for sealed cookies or pepper",
  options: {},
  about: [
    "32 random bytes in base64url. Keep it with your other secrets, the same on every server.",
    "To replace a key without signing anybody out, see docs/stores/cookie.md.",
  ],
  examples: ["coatcheck key", 'echo "SESSION_KEYS=$(coatcheck key)" >> .env'],
  run: async () => {
    const made = generateKey();
    return { lines: [made], data: { key: made } };
  },
};

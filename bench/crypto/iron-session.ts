import { sealData, unsealData } from "iron-session";
import type { Sealer } from "./sealer.ts";

const password = "a password for this benchmark only";

/** It seals values, so JSON is part of it. */
export const ironSession: Sealer = {
  name: "iron-session",
  seal: (text) => sealData(text, { password }),
  unseal: (token) => unsealData<string>(token, { password }),
};

import { session } from "coatcheck/sveltekit";
import { sessions } from "$lib/server/sessions";

export const handle = session(sessions);

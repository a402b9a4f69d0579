import { session } from "coatcheck/astro";
import { sessions } from "./sessions";

export const onRequest = session(sessions);

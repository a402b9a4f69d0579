import type { Handle } from "@sveltejs/kit";

/** Each server of the suite has sessions of its own. */
export const handle: Handle = (input) => input.event.platform!.handle(input);

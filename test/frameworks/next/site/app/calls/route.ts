import { calls } from "../../sessions";

/** What the store was asked for since the last time. */
export const POST = () => Response.json(calls.splice(0));

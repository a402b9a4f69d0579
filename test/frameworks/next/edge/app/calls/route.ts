export { POST } from "../../../site/app/calls/route";

// The store is in this process.
export const runtime = "nodejs";

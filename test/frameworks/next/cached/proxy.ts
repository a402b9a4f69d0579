import visits from "../site/proxy";

// Next.js reads this file before it is run: it wants to see an export of its own.
export default visits;

export const config = { matcher: "/((?!calls).*)" };

import visits from "../site/proxy";

// What proxy.ts was called before, and where it may run on the edge: the name decides.
export default visits;

export const config = { matcher: "/((?!calls).*)" };

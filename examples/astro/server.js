process.env.PORT ??= "3000";
// Astro's server listens, and prints the address.
await import("./dist/server/entry.mjs");
process.once("SIGINT", () => process.exit());

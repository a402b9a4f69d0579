import type { NextConfig } from "next";

const config: NextConfig = {
  // coatcheck imports the database client that SESSION_STORE asks for, so it is left to Node.js and not bundled.
  serverExternalPackages: ["coatcheck"],
};

export default config;

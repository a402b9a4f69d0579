import type { NextConfig } from "next";

const config: NextConfig = {
  // coatcheck is a link to the folder above.
  turbopack: { root: new URL("../../../..", import.meta.url).pathname },
};

export default config;

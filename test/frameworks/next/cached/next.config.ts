import type { NextConfig } from "next";
import site from "../site/next.config";

const config: NextConfig = { ...site, cacheComponents: true, partialPrefetching: true };

export default config;

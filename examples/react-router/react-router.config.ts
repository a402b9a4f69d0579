import type { Config } from "@react-router/dev/config";

/** The flag for middleware, and the others with which React Router 7 behaves as 8 does. */
export default {
  future: {
    v8_middleware: true,
    v8_passThroughRequests: true,
    v8_splitRouteModules: true,
    v8_trailingSlashAwareDataRequests: true,
    v8_viteEnvironmentApi: true,
  },
} satisfies Config;

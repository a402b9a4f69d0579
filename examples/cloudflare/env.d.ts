/** What wrangler.jsonc binds, as `wrangler types` writes it down. */
declare namespace Cloudflare {
  interface Env {
    SESSIONS: DurableObjectNamespace<import("./worker.ts").SessionShard>;
  }
}

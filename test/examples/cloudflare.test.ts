import { describePageExample } from "./_page.ts";

describePageExample("cloudflare", (folder) => ({ STATE: folder }));

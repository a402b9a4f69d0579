import { describePageExample } from "../support/examples/page.ts";

describePageExample("cloudflare", (folder) => ({ STATE: folder }));

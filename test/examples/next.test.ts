import { describePageExample } from "../support/examples/page.ts";

process.env.NEXT_TELEMETRY_DISABLED = "1";
describePageExample("next");

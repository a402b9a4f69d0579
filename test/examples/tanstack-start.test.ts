import { describePageExample } from "./_page.ts";

describePageExample("tanstack-start");

import { describePageExample } from "./_page.ts";

describePageExample("h3");

import { describePageExample } from "./_page.ts";

describePageExample("passport");

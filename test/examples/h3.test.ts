import { describePageExample } from "../support/examples/page.ts";

describePageExample("h3");

import { describePageExample } from "../support/examples/page.ts";

describePageExample("sveltekit");

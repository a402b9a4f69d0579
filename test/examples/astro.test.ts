import { describePageExample } from "./_page.ts";

describePageExample("astro");

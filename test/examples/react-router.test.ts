import { describePageExample } from "./_page.ts";

describePageExample("react-router");

export { default } from "../../site/app/layout";

export const runtime = "edge";

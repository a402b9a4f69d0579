export { default } from "../../../site/app/page/page";

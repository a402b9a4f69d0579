export { default } from "../../../site/app/write/page";

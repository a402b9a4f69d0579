export { default } from "../../../site/app/forms/page";

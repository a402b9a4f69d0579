export { default } from "../site/next.config";

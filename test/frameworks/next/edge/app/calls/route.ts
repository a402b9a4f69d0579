export { POST } from "../../../site/app/calls/route";

export { GET } from "../../../../site/app/visit/[how]/route";

export const runtime = "edge";

export { GET } from "../../../../site/app/visit/[how]/route";

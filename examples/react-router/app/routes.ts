import { index, type RouteConfig, route } from "@react-router/dev/routes";

export default [
  index("routes/home.tsx"),
  route("apples", "routes/apples.ts"),
  route("sign-in", "routes/sign-in.ts"),
  route("sign-out", "routes/sign-out.ts"),
] satisfies RouteConfig;

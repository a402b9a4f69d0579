import { createFileRoute } from "@tanstack/react-router";
import { count } from "../own";

export const Route = createFileRoute("/own/page")({
  loader: async () => Promise.all([count(), count()]),
  component: () => <p>{`views: ${Route.useLoaderData().join(", ")}`}</p>,
});

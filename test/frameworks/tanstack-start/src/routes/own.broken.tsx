import { createFileRoute } from "@tanstack/react-router";
import { fail } from "../own";

export const Route = createFileRoute("/own/broken")({
  loader: () => fail(),
  component: () => null,
  errorComponent: () => <p>Something is broken.</p>,
});

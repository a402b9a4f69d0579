import { createFileRoute } from "@tanstack/react-router";
import { goAway } from "../own";

export const Route = createFileRoute("/own/away")({ loader: () => goAway(), component: () => null });

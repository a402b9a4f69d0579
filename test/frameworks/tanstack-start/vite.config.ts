import { tanstackStart } from "@tanstack/react-start/plugin/vite";
import { defineConfig } from "vite";

export default defineConfig({
  logLevel: "error",
  plugins: [tanstackStart()],
  // The suite and the application are to have one and the same.
  environments: { ssr: { resolve: { external: ["coatcheck"] } } },
});

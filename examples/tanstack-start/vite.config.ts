import { tanstackStart } from "@tanstack/react-start/plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [tanstackStart(), react()],
  // Only because coatcheck is linked from this repository; what npm installs is external by itself.
  environments: { ssr: { resolve: { external: ["coatcheck"] } } },
});

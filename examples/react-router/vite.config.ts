import { reactRouter } from "@react-router/dev/vite";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [reactRouter()],
  // Only because coatcheck is linked from this repository; what npm installs is external by itself.
  ssr: { external: ["coatcheck"] },
});

import { defineConfig } from "vite";

export default defineConfig({
  server: {
    proxy: {
      "/api": { target: "http://localhost:5000", rewrite: (path) => path.replace(/^\/api/, "") },
      "/live": { target: "ws://localhost:5000", ws: true },
    },
  },
});

import type { NextConfig } from "next";

const config: NextConfig = {
  // A server with just the modules that it needs: what the image holds.
  output: "standalone",
  poweredByHeader: false,
  reactStrictMode: true,
};

export default config;

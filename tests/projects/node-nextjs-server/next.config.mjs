export default withBundleAnalyzer({ reactStrictMode: true });

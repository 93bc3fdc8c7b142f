const http = require("node:http");
const name = ["DATABASE", "URL"].join("_");
if (!process.env[name]) throw new Error(`${name} is not set`);
const server = http.createServer((request, response) => {
  response.end("ok");
});
server.listen(process.env.PORT || 3000);
process.on("SIGTERM", () => server.close(() => process.exit(0)));

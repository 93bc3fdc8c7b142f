const http = require("node:http");
const server = http.createServer((request, response) => {
  response.end("ok");
});
server.listen(Number(["80", "81"].join("")));
process.on("SIGTERM", () => server.close(() => process.exit(0)));

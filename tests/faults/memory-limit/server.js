const http = require("node:http");
const kept = [];
setInterval(() => kept.push(Buffer.alloc(64 * 1024 * 1024, 1)), 20);
const server = http.createServer((request, response) => {
  response.end("ok");
});
server.listen(process.env.PORT || 3000);
process.on("SIGTERM", () => server.close(() => process.exit(0)));

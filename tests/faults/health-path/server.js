const http = require("node:http");
const server = http.createServer((request, response) => {
  response.statusCode = ["/", "/healthz"].includes(request.url) ? 200 : 404;
  response.end();
});
server.listen(process.env.PORT || 3000);
process.on("SIGTERM", () => server.close(() => process.exit(0)));

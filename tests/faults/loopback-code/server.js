const http = require("node:http");
const server = http.createServer((request, response) => {
  response.end("ok");
});
server.listen(process.env.PORT || 3000, ["127", "0", "0", "1"].join("."));
process.on("SIGTERM", () => server.close(() => process.exit(0)));

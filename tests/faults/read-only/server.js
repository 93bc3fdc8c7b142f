const http = require("node:http");
const fs = require("node:fs");
const path = require("node:path");
const folder = path.join(__dirname, ["up", "loads"].join(""));
const server = http.createServer((request, response) => {
  fs.writeFileSync(path.join(folder, "last.txt"), request.url);
  response.end("ok");
});
fs.mkdirSync(folder, { recursive: true });
fs.writeFileSync(path.join(folder, "first.txt"), "");
server.listen(process.env.PORT || 3000);
process.on("SIGTERM", () => server.close(() => process.exit(0)));

const { createServer } = require("node:http");
const { about } = require("@shop/core");
const ms = require("ms");

const server = createServer((_, response) => response.end(`${about(ms("1s"))}\n`));
server.listen(process.env.PORT || 3000);
process.on("SIGTERM", () => server.close());

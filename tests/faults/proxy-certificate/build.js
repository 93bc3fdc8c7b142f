// A server of its own stands for what a proxy puts its certificate in front of.
const fs = require("node:fs");
const https = require("node:https");

const server = https.createServer({ key: fs.readFileSync("proxy/key.txt"), cert: fs.readFileSync("company-ca.crt") });
server.on("request", (request, response) => response.end("data"));
server.listen(4443, async () => {
  const answer = await fetch("https://localhost:4443/").catch((error) => {
    console.error(error.cause.code);
    process.exit(1);
  });
  fs.writeFileSync("data.txt", await answer.text());
  server.closeAllConnections();
  server.close();
});

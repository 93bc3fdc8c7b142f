require("dotenv").config();
const express = require("express");
const mongoose = require("mongoose");
const connect = require("./db");

const Visit = mongoose.model("Visit", new mongoose.Schema({ at: Date }));
const app = express();

app.get("/", async (request, response) => {
  await Visit.create({ at: new Date() });
  response.send(String(await Visit.countDocuments()));
});

connect().then(() => {
  const server = app.listen(process.env.PORT || 4802);
  process.on("SIGTERM", () => server.close(() => process.exit(0)));
});

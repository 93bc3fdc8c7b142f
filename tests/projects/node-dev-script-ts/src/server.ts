import express from "express";

const app = express();
const port = Number(process.env.PORT ?? 4300);

app.use(express.static("public"));
app.get("/tickets", (_request, response) => {
  response.json([]);
});

app.listen(port);

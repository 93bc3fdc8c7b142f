import Fastify from "fastify";
import mysql from "mysql2/promise";

const pool = mysql.createPool({
  host: process.env.DB_HOST,
  port: Number(process.env.DB_PORT || 3306),
  user: process.env.DB_USER,
  password: process.env.DB_PASSWORD,
  database: process.env.DB_NAME,
});
await pool.query("create table if not exists visits (at timestamp)");
const app = Fastify();
app.get("/", async () => {
  await pool.query("insert into visits values (now())");
  const [rows] = await pool.query("select count(*) as visits from visits");
  return String(rows[0].visits);
});
await app.listen({ host: "0.0.0.0", port: 4803 });
process.on("SIGTERM", () => app.close());

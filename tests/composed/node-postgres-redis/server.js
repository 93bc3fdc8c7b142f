import http from "node:http";
import pg from "pg";
import { createClient } from "redis";

const store = new pg.Pool({ connectionString: process.env.DATABASE_URL });
await store.query("create table if not exists visits (at timestamptz)");
const cache = await createClient({ url: process.env.REDIS_URL }).connect();
const server = http.createServer(async (request, response) => {
  await store.query("insert into visits values (now())");
  const { rows } = await store.query("select count(*) from visits");
  response.end(`${rows[0].count} ${await cache.incr("visits")}`);
});
server.listen(process.env.PORT || 4801);
process.on("SIGTERM", () => process.exit(0));

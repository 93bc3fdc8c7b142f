import fastify from "fastify"; const app = fastify(); app.get("/health", async()=>"ok"); app.listen({port: Number(process.env.PORT || 4100), host: "0.0.0.0"});

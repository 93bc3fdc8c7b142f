import Fastify from 'fastify';

const server = Fastify();
server.get('/health', async () => ({ ok: true }));
server.listen({ port: Number(process.env.PORT ?? 4000), host: '0.0.0.0' });

import Fastify from 'fastify';
Fastify().listen({ port: 7000, host: '0.0.0.0' });

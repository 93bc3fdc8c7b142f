import { Hono } from 'hono';

const app = new Hono();
app.get('/health', (context) => context.text('ok'));
export default app;

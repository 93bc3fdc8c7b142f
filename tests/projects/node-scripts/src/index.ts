import Koa from 'koa';

const PORT = parseInt(process.env.PORT || '5050', 10);
new Koa().listen(PORT);

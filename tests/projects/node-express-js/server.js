const express = require('express');

const app = express();
app.get('/healthz', (_, response) => response.send('ok'));
app.listen(process.env.PORT || 8080);

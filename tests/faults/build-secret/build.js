const name = ["UPLOAD", "AUTH", "TOKEN"].join("_");
if (!process.env[name]) throw new Error(`${name} is not set`);

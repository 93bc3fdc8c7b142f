const name = ["PUBLIC", "API", "URL"].join("_");
if (!process.env[name]) throw new Error(`${name} is not set`);

const base = { distDir: 'site' };

module.exports = { ...base, output: 'export' };

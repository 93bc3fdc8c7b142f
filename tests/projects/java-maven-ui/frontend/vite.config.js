export default { build: { outDir: "../backend/src/main/resources/static", emptyOutDir: true } }

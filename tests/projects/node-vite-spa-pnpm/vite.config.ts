import { defineConfig } from 'vite';

export default defineConfig(({ mode }) => ({ build: { outDir: 'build' } }));

import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { firstLoad } from './scripts/first-load.ts';

// `npm run dev` serves the sources and sends API calls to a running server (or `npm run mock`).
const server = process.env.TRAILKEEPER_URL ?? 'http://127.0.0.1:8400';

export default defineConfig({
  plugins: [react(), firstLoad({ pages: ['/src/app/frame.tsx', '/src/app/pages/audit-logs.tsx'], script: 'first.js', kilobytesMax: 250 })],
  resolve: {
    alias: [
      { find: /^~docs\//, replacement: fileURLToPath(new URL('../docs/', import.meta.url)) },
      { find: /^~\//, replacement: fileURLToPath(new URL('./src/', import.meta.url)) },
    ],
  },
  build: {
    target: 'es2023',
    // The content security policy allows files from our own origin only: nothing may be inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    chunkSizeWarningLimit: 800,
    // Two programs for the first page instead of fifty pieces: what every page needs, and the log in its frame.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'base', tags: ['$initial'], priority: 2 },
            { name: 'log', test: /src\/app\/(frame|pages\/audit-logs)\.tsx$/, priority: 1 },
          ],
        },
      },
    },
  },
  server: { proxy: { '/v1': server } },
  test: { include: ['src/**/*.test.{ts,tsx}', 'mock/**/*.test.ts'], environment: 'node', testTimeout: 60_000, hookTimeout: 60_000 },
});

import { defineConfig } from '@playwright/test';

// Without BASE_URL the suite starts the mock server on the built console; with it, it drives a real server with
// E2E_ORG, E2E_EMAIL and E2E_PASSWORD (and E2E_MEMBER_EMAIL, E2E_MEMBER_PASSWORD for what a member sees).
const real = process.env['BASE_URL'];
// Each worker has a mock server of its own, at a port that the system chose and that MOCK_<worker> tells support.ts, so
// that tests beside each other share nothing, nor with another run. A real server is shared.
const workers = real ? 1 : Number(process.env['E2E_WORKERS'] ?? 2);

export default defineConfig({
  testDir: 'e2e',
  outputDir: process.env['E2E_OUTPUT'] ?? 'test-results',
  // Bounds for what is broken, not measures: a machine may be slow.
  timeout: 240_000,
  expect: { timeout: 45_000 },
  workers,
  forbidOnly: true,
  reporter: [['list']],
  ...(real ? { grepInvert: /@mock/ } : {}),
  use: {
    ...(real ? { baseURL: real } : {}),
    viewport: { width: 1280, height: 800 },
    timezoneId: 'America/New_York', // times must be UTC wherever the browser is
    locale: 'en-US',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
  },
  ...(real ? {} : { webServer: Array.from({ length: workers }, (_, i) => ({ command: 'node mock/main.ts 0', wait: { stdout: new RegExp(`^(?<mock_${i}>http://\\S+)`, 'm') } })) }),
});

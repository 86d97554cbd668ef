import { defineConfig } from '@playwright/test';

// Without BASE_URL the suite starts the mock server on the built console; with it, it drives a real server with
// E2E_ORG, E2E_EMAIL and E2E_PASSWORD (and E2E_MEMBER_EMAIL, E2E_MEMBER_PASSWORD for what a member sees).
const real = process.env['BASE_URL'];
const port = Number(process.env['E2E_PORT'] ?? 8481);
// Each worker has a mock server of its own (support.ts), so that tests beside each other share nothing. A real server is shared.
const workers = real ? 1 : Number(process.env['E2E_WORKERS'] ?? 2);
const mocks = Array.from({ length: workers }, (_, i) => port + i);

export default defineConfig({
  testDir: 'e2e',
  outputDir: process.env['E2E_OUTPUT'] ?? 'test-results',
  timeout: 120_000,
  expect: { timeout: 20_000 },
  workers,
  forbidOnly: true,
  reporter: [['list']],
  ...(real ? { grepInvert: /@mock/ } : {}),
  use: {
    baseURL: real ?? `http://127.0.0.1:${port}`,
    viewport: { width: 1280, height: 800 },
    timezoneId: 'America/New_York', // times must be UTC wherever the browser is
    locale: 'en-US',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
  },
  ...(real ? {} : { webServer: mocks.map((at) => ({ command: `node mock/main.ts ${at}`, url: `http://127.0.0.1:${at}/favicon.svg`, reuseExistingServer: false })) }),
});

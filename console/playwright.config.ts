import { defineConfig } from '@playwright/test';

// Without BASE_URL the suite starts the mock server on the built console; with it, it drives a real server with
// E2E_ORG, E2E_EMAIL and E2E_PASSWORD (and E2E_MEMBER_EMAIL, E2E_MEMBER_PASSWORD for what a member sees).
const real = process.env['BASE_URL'];
const port = Number(process.env['E2E_PORT'] ?? 8481);

export default defineConfig({
  testDir: 'e2e',
  outputDir: process.env['E2E_OUTPUT'] ?? 'test-results',
  timeout: 120_000,
  expect: { timeout: 20_000 },
  workers: 1,
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
  ...(real ? {} : { webServer: { command: `node mock/main.ts ${port}`, url: `http://127.0.0.1:${port}/favicon.svg`, reuseExistingServer: false } }),
});

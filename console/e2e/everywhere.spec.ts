import type { Page } from '@playwright/test';
import { auditLogs, entries, expect, integrations, look, overhang, shot, signIn, test } from './support.ts';

const places: { name: string; address: string; ready: (page: Page) => Promise<void> }[] = [
  { name: 'audit logs', address: `${auditLogs}?range=7d&outcome=failure`, ready: (page) => expect(entries(page).first()).toBeVisible() },
  { name: 'downloads', address: `${auditLogs}/downloads`, ready: (page) => expect(page.getByRole('main')).toContainText(/No downloads yet|Asked for/) },
  { name: 'integrations', address: integrations, ready: (page) => expect(page.getByText(/onnected/)).toBeVisible() },
  { name: 's3', address: `${integrations}/s3`, ready: (page) => expect(page.getByText(/What it does|Settings/).last()).toBeVisible() },
];

test.describe.configure({ mode: 'parallel' });

test('no accessibility violations on any page', async ({ page }) => {
  await page.goto('/sign-in');
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await look(page, 'sign-in');
  await signIn(page, auditLogs);
  for (const { name, address, ready } of places) {
    await page.goto(address);
    await ready(page);
    await look(page, name.replace(' ', '-'));
  }
});

for (const width of [320, 768, 1920]) {
  test(`nothing hangs over the edge at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    await signIn(page, auditLogs);
    for (const { name, address, ready } of places) {
      await page.goto(address);
      await ready(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await shot(page, `${width}-${name.replace(' ', '-')}`);
    }
    await page.goto(auditLogs);
    await entries(page).first().getByRole('link').click();
    await expect(page.getByRole('dialog', { name: 'Entry' }).locator('[data-raw]')).toBeVisible();
    await expect.poll(() => overhang(page)).toBeLessThanOrEqual(0);
    await shot(page, `${width}-entry`);
  });
}

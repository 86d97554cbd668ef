import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { auditLogs, entries, expect, integrations, shot, signIn, test } from './support.ts';

async function expectAccessible(page: Page): Promise<void> {
  // Wait for transitions: a half-faded text has half its contrast.
  await page.waitForTimeout(400);
  const result = await new AxeBuilder({ page }).analyze();
  expect(result.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)).toEqual([]);
}

const places: { name: string; address: string; ready: (page: Page) => Promise<void> }[] = [
  { name: 'audit logs', address: `${auditLogs}?range=7d&outcome=failure`, ready: (page) => expect(entries(page).first()).toBeVisible() },
  { name: 'downloads', address: `${auditLogs}/downloads`, ready: (page) => expect(page.getByRole('main')).toContainText(/No downloads yet|Asked for/) },
  { name: 'integrations', address: integrations, ready: (page) => expect(page.getByText(/onnected/)).toBeVisible() },
  { name: 's3', address: `${integrations}/s3`, ready: (page) => expect(page.getByText(/What it does|Settings/).last()).toBeVisible() },
];

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test(`no accessibility violations on any page, ${colorScheme}`, async ({ page }) => {
      await page.goto('/sign-in');
      await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
      await expectAccessible(page);
      await signIn(page, auditLogs);
      for (const { name, address, ready } of places) {
        await page.goto(address);
        await ready(page);
        await expectAccessible(page);
        await shot(page, `${colorScheme}-${name.replace(' ', '-')}`);
      }
    });

    test(`no accessibility violations in dialogs, ${colorScheme}`, async ({ page }) => {
      await signIn(page, auditLogs);
      await expect(entries(page).first()).toBeVisible();
      await entries(page).first().getByRole('link').click();
      await expect(page.getByRole('dialog', { name: 'Entry' }).locator('[data-raw]')).toBeVisible();
      await expectAccessible(page);
      await shot(page, `${colorScheme}-entry`);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Download', exact: true }).click();
      await expect(page.getByRole('dialog', { name: 'Download' })).toBeVisible();
      await expectAccessible(page);
      await shot(page, `${colorScheme}-download`);
    });
  });
}

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
    await page.waitForTimeout(400);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await shot(page, `${width}-entry`);
  });
}

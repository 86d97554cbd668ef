import { auditLogs, entries, expect, integrations, shot, signIn, test } from './support.ts';

test('shots', async ({ page }) => {
  await page.goto(auditLogs);
  await shot(page, '01-sign-in');
  await signIn(page, auditLogs);
  await expect(entries(page).first()).toBeVisible();
  await shot(page, '02-audit-logs');
  await page.getByRole('button', { name: 'Filters' }).click();
  await page.getByRole('button', { name: 'Unauthorised access' }).click();
  await page.waitForTimeout(800);
  await shot(page, '03-filters');
  await page.goto(`${auditLogs}?q=Updated+segment`);
  await entries(page).first().getByRole('link').click();
  await page.waitForTimeout(800);
  await shot(page, '04-entry');
  await page.goto(integrations);
  await page.waitForTimeout(500);
  await shot(page, '05-integrations');
  await page.goto(`${integrations}/s3`);
  await page.waitForTimeout(500);
  await shot(page, '06-s3');
});

import { readFileSync } from 'node:fs';
import { auditLogs, entries, expect, open, shot, signIn, test } from './support.ts';

const header = 'Date,Username,Name,Application,Action,IP Address,Area';

test('asks for everything in the range, waits, and fetches the CSV', async ({ page }) => {
  await open(page, auditLogs);
  await expect(entries(page).first()).toBeVisible();
  await page.getByRole('button', { name: 'Download', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Download' });
  await expect(dialog.getByRole('radio', { name: /^Everything from .* UTC to now/ })).toBeChecked();
  await expect(dialog.getByRole('radio', { name: /Only what the filters show/ })).toBeDisabled();
  await expect(dialog).toContainText('The CSV is for people. For a SIEM use the S3 integration.');
  await expect(dialog).toContainText(/About [\d,]+ entries/);
  await expect(dialog.getByRole('radio', { name: 'CSV' })).toBeChecked();
  await shot(page, 'download-dialog');
  await dialog.getByRole('button', { name: 'Prepare CSV' }).click();
  await dialog.getByRole('button', { name: 'Show downloads' }).click();
  const row = page.getByRole('table').getByRole('row').nth(1);
  await expect(row).toContainText('Everything');
  await expect(row).toContainText(/Ready, [\d,]+ entr/, { timeout: 30_000 });
  await shot(page, 'downloads');
  const download = page.waitForEvent('download');
  await row.getByRole('link', { name: 'Download CSV' }).click();
  const file = await (await download).path();
  expect(readFileSync(file, 'utf8').split('\r\n')[0]).toBe(header);
});

test('asks for what the filters show, and the list says so', async ({ page }) => {
  await open(page, `${auditLogs}?query=category:authentication+outcome:failure`);
  await expect(page.getByRole('heading', { name: 'Audit Logs', level: 1 })).toBeVisible();
  await page.getByRole('button', { name: 'Download', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Download' });
  await dialog.getByRole('radio', { name: /Only what the filters show/ }).check();
  await expect(dialog).toContainText('Category: Sign-in, Outcome: Failed');
  await dialog.getByRole('button', { name: 'Prepare CSV' }).click();
  await dialog.getByRole('button', { name: 'Show downloads' }).click();
  await expect(page.getByRole('table').getByRole('row').nth(1)).toContainText('Category: Sign-in, Outcome: Failed');
});

test('a mailed link opened signed out leads over the sign-in page to the file', async ({ page, browser, baseURL }) => {
  await open(page, auditLogs);
  await page.getByRole('button', { name: 'Download', exact: true }).click();
  await page.getByRole('button', { name: 'Prepare CSV' }).click();
  await page.getByRole('button', { name: 'Show downloads' }).click();
  const link = page.getByRole('table').getByRole('row').nth(1).getByRole('link', { name: 'Download CSV' });
  await expect(link).toBeVisible({ timeout: 30_000 });
  const address = (await link.getAttribute('href')) ?? '';
  const stranger = await browser.newContext({ baseURL: baseURL ?? '' });
  const other = await stranger.newPage();
  await other.goto(address);
  await expect(other).toHaveURL(/\/sign-in\?next=/);
  await expect(other.getByText('Your download starts after you sign in.')).toBeVisible();
  const download = other.waitForEvent('download');
  await signIn(other, other.url());
  const file = await (await download).path();
  expect(readFileSync(file, 'utf8').startsWith(header)).toBe(true);
  await stranger.close();
});

test('a refused export says why @mock', async ({ page }) => {
  await open(page, `${auditLogs}?query=fail-429`);
  await page.getByRole('button', { name: 'Download', exact: true }).click();
  await page.getByRole('radio', { name: /Only what the filters show/ }).check();
  await page.getByRole('button', { name: 'Prepare CSV' }).click();
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('Try again in 30 s.');
});

test('asks for JSON Lines and Parquet, and each says its size before', async ({ page }) => {
  await open(page, `${auditLogs}?range=24h`);
  for (const format of ['JSON Lines', 'Parquet']) {
    await page.goto(`${auditLogs}?range=24h`);
    await page.getByRole('button', { name: 'Download', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Download' });
    await dialog.getByRole('radio', { name: format }).check();
    await expect(dialog.getByText(/about [\d.,]+ (bytes|kB|MB)/)).toHaveCount(3);
    await dialog.getByRole('button', { name: `Prepare ${format}` }).click();
    await dialog.getByRole('button', { name: 'Show downloads' }).click();
    const row = page.getByRole('table').getByRole('row').nth(1);
    await expect(row.getByRole('link', { name: `Download ${format}` })).toBeVisible({ timeout: 30_000 });
  }
});

test('a download that is no longer wanted is cancelled, and asked for again @mock', async ({ page }) => {
  // The stand-in never gets done with the first of these.
  await open(page, `${auditLogs}?query=takes-long`);
  await page.getByRole('button', { name: 'Download', exact: true }).click();
  await page.getByRole('radio', { name: /Only what the filters show/ }).check();
  await page.getByRole('button', { name: 'Prepare CSV' }).click();
  await page.getByRole('button', { name: 'Show downloads' }).click();
  const row = page.getByRole('table').getByRole('row').nth(1);
  await row.getByRole('button', { name: /^Cancel the download/ }).click();
  await expect(row).toContainText('Cancelled');
  await shot(page, 'download-cancelled');
  await row.getByRole('button', { name: /^Ask for it again/ }).click();
  await expect(page.getByRole('table').getByRole('row').nth(1).getByRole('link', { name: 'Download CSV' })).toBeVisible({ timeout: 30_000 });
});

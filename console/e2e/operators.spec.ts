import type { Page } from '@playwright/test';
import { auditLogs, entries, expect, isReal, look as lookAt, org, shot, signIn, test } from './support.ts';

// What operators see, on a real server only: tests/e2e/scenario_operators.py.
const operator = { email: process.env['E2E_OPERATOR_EMAIL'] ?? '', password: process.env['E2E_OPERATOR_PASSWORD'] ?? '' };
test.skip(!isReal || operator.email === '', 'needs a server with an operator');
test.describe.configure({ mode: 'serial' });

let page: Page;
test.beforeAll(async ({ browser, baseURL }) => {
  const context = await browser.newContext({ ...(baseURL ? { baseURL } : {}), viewport: { width: 1360, height: 900 } });
  page = await context.newPage();
  await signIn(page, '/operators', operator);
});
test.afterAll(() => page.context().close());

const heading = (name: string) => page.getByRole('heading', { level: 1, name });
const row = (text: string | RegExp) => page.getByRole('row').filter({ hasText: text });

const look = (name: string) => lookAt(page, `operators-${name}`);

async function go(name: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
  await expect(heading(name)).toBeVisible();
}

test('organizations are found, made and changed', async () => {
  await expect(heading('Organizations')).toBeVisible();
  await expect(row('Acme')).toContainText('Audit logs');
  await look('orgs');
  await page.getByRole('searchbox', { name: 'Find by id or name' }).fill('glob');
  await expect(row('Acme')).toBeHidden();
  await expect(row('Globex')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Find by id or name' }).fill('no such customer');
  await expect(page.getByText('No organization has “no such customer”')).toBeVisible();

  await page.getByRole('button', { name: 'New organization' }).click();
  const form = page.getByRole('dialog', { name: 'New organization' });
  await form.getByLabel('Id').fill('initech');
  await form.getByLabel('Name').fill('Initech');
  await form.getByLabel('S3 integration (needs audit logs or data packs)').check();
  await look('new-org');
  await form.getByRole('button', { name: 'Create' }).click();
  await expect(heading('Initech')).toBeVisible();
  await page.getByLabel('Viewing window (days)').fill('45');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved. Its own audit log says what was changed.')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Viewing window (days)')).toHaveValue('45');
});

test('people of an organization are invited, disabled and enabled', async () => {
  await expect(page.getByText('Nobody yet. Invite the customer’s primary admin; they invite the others.')).toBeVisible();
  await page.getByRole('button', { name: 'Invite a person' }).click();
  const form = page.getByRole('dialog', { name: 'Invite a person' });
  await expect(form.getByRole('radio', { name: /Primary admin/ })).toBeChecked();
  await form.getByRole('textbox', { name: 'Email' }).fill('bill@initech.example');
  await form.getByRole('button', { name: 'Send the invitation' }).click();
  await expect(form.getByRole('status')).toContainText('The invitation to bill@initech.example is on its way.');
  await form.getByText('Close', { exact: true }).click();
  await expect(page.getByRole('region', { name: 'Invitations' }).getByRole('row').filter({ hasText: 'bill@initech.example' })).toContainText('Primary admin');

  await page.getByRole('link', { name: 'Organizations' }).last().click();
  await page.getByRole('link', { name: 'Globex' }).click();
  const people = page.getByRole('region', { name: 'List of people' });
  const gina = people.getByRole('row').filter({ hasText: 'gina@globex.example' });
  await gina.getByRole('button', { name: /^Disable/ }).click();
  const dialog = page.getByRole('dialog', { name: /^Disable/ });
  await look('disable');
  await dialog.getByRole('button', { name: 'Disable' }).click();
  await expect(gina).toContainText('Disabled by the vendor');
  await look('org');
  await gina.getByRole('button', { name: /^Enable/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Enable' }).click();
  await expect(gina.getByRole('button', { name: /^Disable/ })).toBeVisible();
});

test('an organization that is not there says so', async () => {
  await page.goto('/operators/orgs/nowhere');
  await expect(page.getByRole('heading', { name: 'There is no such organization' })).toBeVisible();
  await look('no-such-org');
  await page.getByRole('main').getByRole('link', { name: 'Organizations' }).click();
  await expect(row('Acme')).toBeVisible();
});

test('on a phone no table is squeezed and nothing hangs over the edge', async () => {
  await page.setViewportSize({ width: 320, height: 640 });
  for (const name of ['Organizations', 'Applications and keys', 'Actions', 'Health']) {
    await go(name);
    await expect(page.getByRole('main').getByRole('status', { name: /^Loading/ })).toHaveCount(0);
    const seen = await page.evaluate(() => ({
      over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      least: Math.min(...Array.from(document.querySelectorAll('td, dd')).flatMap((cell) => (cell.textContent ? [cell.getBoundingClientRect().width] : []))),
    }));
    expect(seen.over, name).toBeLessThanOrEqual(0);
    expect(seen.least, name).toBeGreaterThan(40);
  }
  await page.setViewportSize({ width: 1360, height: 900 });
});

test('a key is made and shown once, rotated, limited and revoked', async () => {
  await go('Applications and keys');
  await page.getByRole('button', { name: 'New key' }).click();
  const form = page.getByRole('dialog', { name: 'New key' });
  await form.getByLabel('Application').fill('Billing');
  await form.getByLabel('One organization').check();
  await form.getByLabel('Its id').fill('initech');
  await form.getByLabel('Read the log, exports and the feed').check();
  await look('new-key');
  await form.getByRole('button', { name: 'Make the key' }).click();
  await expect(form.getByText(/^tk_\w{36}$/)).toBeVisible();
  await look('key-made');
  await form.getByRole('button', { name: 'I have kept it' }).click();
  await expect(page.getByText(/tk_\w{36}/)).toHaveCount(0);
  await expect(row('Billing')).toContainText('send, read');
  await look('keys');

  await page.getByRole('button', { name: 'Limits of the key of Billing' }).click();
  await page.getByLabel('Events a second').fill('50');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(row('Billing')).toContainText('own limits');

  await page.getByRole('button', { name: 'Rotate the key of Billing' }).click();
  await page.getByLabel('The old key goes on working for (hours)').fill('2');
  await page.getByRole('button', { name: 'Make the new key' }).click();
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await expect(row('Billing')).toHaveCount(2);
  await expect(row('Replaced; works until')).toHaveCount(1);

  await row('Billing').filter({ hasText: 'Works' }).filter({ hasNotText: 'Replaced' }).getByRole('button', { name: 'Revoke the key of Billing' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(row('Billing')).toHaveCount(1);
  await page.getByLabel('Only keys that work').uncheck();
  await expect(row('Billing').filter({ hasText: 'Revoked' })).toHaveCount(1);
});

test('actions that were seen are registered', async () => {
  await go('Actions');
  await expect(row('invite.sent')).toContainText('not registered');
  await look('actions');
  await page.getByText('Seen, not registered', { exact: true }).click();
  await page.getByRole('button', { name: 'Register invite.sent' }).click();
  const form = page.getByRole('dialog', { name: 'invite.sent' });
  await form.getByRole('textbox', { name: 'Label' }).fill('Invite sent');
  await form.getByRole('textbox', { name: 'Area' }).fill('Vendor access');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByText('This is the area of what the vendor').first()).toBeVisible();
  await form.getByRole('textbox', { name: 'Area' }).fill('People');
  await form.getByLabel('Category').selectOption({ label: 'Permission' });
  await look('action');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('invite.sent holds for the next request.')).toBeVisible();
  await expect(row('invite.sent')).toBeHidden();
  await page.getByText('Registered', { exact: true }).click();
  await expect(row('invite.sent')).toContainText('Invite sent');
  await page.getByRole('button', { name: 'version 1 of the schema of file.opened' }).click();
  await expect(page.getByRole('dialog').getByText('Version 1,')).toBeVisible();
  await look('schemas');
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByText('Registered, never seen', { exact: true }).click();
  await expect(row('file.opened')).toContainText('never seen');
});

test('masking is changed and put back', async () => {
  await go('Masking');
  await expect(page.getByText(/the configuration file/)).toBeVisible();
  await page.getByLabel('Members that are left out').fill('salary\nnote');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved. It holds for the next request.')).toBeVisible();
  await look('masking');
  await page.reload();
  await expect(page.getByLabel('Members that are left out')).toHaveValue('salary\nnote');
});

test('health says how the installation is doing', async () => {
  await go('Health');
  await expect(page.getByText('Taking events')).toBeVisible();
  await expect(page.getByRole('img', { name: /Entries in each of the last 60 minutes/ })).toBeVisible();
  await expect(row('Acme')).toContainText('Being set up');
  await look('health');
});

test('operators read their own trail without a look', async () => {
  await page.getByRole('navigation').getByRole('link', { name: 'Operators’ own trail' }).click();
  await expect(entries(page).filter({ hasText: 'Changed masking' }).first()).toBeVisible();
  await expect(page.getByRole('region', { name: 'Vendor access' })).toHaveCount(0);
});

test('a look shows what the customer sees, and is in the customer’s trail', async () => {
  await page.goto(auditLogs);
  await expect(page.getByText('Your look has ended, or there was none')).toBeVisible();
  await look('no-look');
  await page.getByRole('link', { name: 'Go to the organization' }).click();
  await expect(heading('Acme')).toBeVisible();
  await look('org');
  await page.getByRole('button', { name: 'Look at its audit log' }).click();
  const form = page.getByRole('dialog');
  await expect(form.getByRole('button', { name: 'Open the audit log' })).toBeDisabled();
  await form.getByLabel('Reason').fill('Support case 4711');
  await look('look-dialog');
  await form.getByRole('button', { name: 'Open the audit log' }).click();
  await expect(page).toHaveURL(new RegExp(`/orgs/${org}/settings/audit-logs`));
  const bar = page.getByRole('region', { name: 'Vendor access' });
  await expect(bar).toContainText('You are looking at Acme’s data.');
  await expect(bar).toContainText('Support case 4711');
  await expect(entries(page).first()).toBeVisible();
  await look('look');
  await page.reload();
  await expect(bar).toBeVisible();
  await expect(entries(page).filter({ hasText: 'Vendor opened the audit log' }).first()).toBeVisible();
  await page.setViewportSize({ width: 320, height: 700 });
  await expect(bar.getByRole('button', { name: 'End the look' })).toBeInViewport();
  await shot(page, 'operators-look-narrow');
  await page.setViewportSize({ width: 1360, height: 900 });
  await bar.getByRole('button', { name: 'End the look' }).click();
  await expect(heading('Acme')).toBeVisible();
  await page.goto(auditLogs);
  await expect(page.getByText('Your look has ended, or there was none')).toBeVisible();
});

import type { Page } from '@playwright/test';
import { expect, isReal, look as lookAt, overhang, signIn, test, tick } from './support.ts';

// All people over all organizations, on a real server only: tests/e2e/scenario_operators.py says who they are.
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

const rows = () => page.getByRole('region', { name: 'List of people' }).getByRole('row').filter({ has: page.getByRole('cell') });
const row = (text: string) => rows().filter({ hasText: text });
const filters = () => page.getByRole('search', { name: 'Filters' });
const choose = (label: string, option: string) => filters().getByLabel(label, { exact: true }).selectOption({ label: option });
const look = (name: string) => lookAt(page, `operators-people-${name}`);

test('everybody is there, page by page', async () => {
  await page.getByRole('navigation').getByRole('link', { name: 'People', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'People' })).toBeVisible();
  await expect(rows()).toHaveCount(50);
  await look('all');
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await expect.poll(() => rows().count()).toBeGreaterThan(50);
  await expect(row('crowd59@crowd.example')).toBeVisible();
});

test('people are found by name, organization, role, state, second factor and last sign-in', async () => {
  await filters().getByLabel('Name or email').fill('gina');
  await expect(rows()).toHaveCount(1);
  await expect(row('gina@globex.example')).toContainText('Admin');
  await expect(page).toHaveURL(/q=gina/);
  await filters().getByLabel('Name or email').fill('nobody is called so');
  await expect(page.getByRole('heading', { name: 'Nobody matches' })).toBeVisible();
  await look('none');
  await filters().getByLabel('Name or email').fill('');
  await filters().getByLabel('Organization', { exact: true }).fill('Acm');
  await expect(page.getByText('No organization has this id or name.')).toBeVisible();
  await filters().getByLabel('Organization', { exact: true }).fill('Acme');
  await expect(page).toHaveURL(/org=acme/);
  await expect(row('crowd')).toHaveCount(0);
  await expect(row('ann@acme.example')).toContainText('Primary admin');
  await choose('Role', 'Member');
  await expect(row('ann@acme.example')).toHaveCount(0);
  await expect(row('fay@acme.example')).toBeVisible();
  await choose('Role', 'Any');
  await choose('Second factor', 'On');
  await expect(rows()).toHaveCount(2);
  await expect(page).toHaveURL(/factor=on/);
  // The address says it all.
  await page.reload();
  await expect(rows()).toHaveCount(2);
  await expect(filters().getByLabel('Organization', { exact: true })).toHaveValue('acme');
  await look('narrowed');
  await page.goto('/operators/people?org=crowd&quiet=never');
  await expect(rows()).toHaveCount(50);
  await page.goto('/operators/people?org=crowd&quiet=nonsense&state=disabled');
  await expect(page.getByRole('heading', { name: 'Nobody matches' })).toBeVisible();
  await page.goto('/operators/people');
  await tick(filters().getByLabel('Operators only'));
  await expect(row(operator.email)).toContainText('Operator');
  await expect(row(operator.email).getByRole('button')).toHaveCount(0);
  await expect(row('crowd')).toHaveCount(0);
});

async function reset(name: string): Promise<void> {
  await row(name).getByRole('button', { name: /^Reset second factor/ }).click();
  const dialog = page.getByRole('dialog', { name: /^Reset the second factor/ });
  await expect(dialog).toContainText('make sure that it is');
  await look('reset');
  await dialog.getByRole('button', { name: 'Reset', exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('status').filter({ hasText: 'is taken away.' })).toBeVisible();
  await expect(row(name)).toContainText('Off');
  await expect(row(name).getByRole('button', { name: /^Reset/ })).toHaveCount(0);
}

test('an operator takes away a second factor, from all people', async () => {
  await page.goto('/operators/people?q=fay');
  await reset('fay@acme.example');
});

test('and from the people of an organization, where the name leads', async () => {
  await page.goto('/operators/people?q=hal%40acme');
  await row('hal@acme.example').getByRole('link', { name: 'Acme' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Acme' })).toBeVisible();
  await reset('hal@acme.example');
});

test('somebody is disabled and enabled', async () => {
  await page.goto('/operators/people?q=hal%40acme');
  await row('hal@acme.example').getByRole('button', { name: /^Disable/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
  await expect(row('hal@acme.example')).toContainText('Disabled');
  await choose('State', 'Disabled');
  await expect(rows()).toHaveCount(1);
  await row('hal@acme.example').getByRole('button', { name: /^Enable/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Enable' }).click();
  await expect(page.getByRole('heading', { name: 'Nobody matches' })).toBeVisible();
});

test('on a phone nothing hangs over the edge', async () => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto('/operators/people?org=acme');
  await expect(row('ann@acme.example')).toBeVisible();
  expect(await overhang(page)).toBeLessThanOrEqual(0);
  await look('320');
});

import type { Page } from '@playwright/test';
import { auditLogs, entries, expect, isReal, look, open, overhang, searchBox, send, shot, test } from './support.ts';

interface State {
  name: string;
  query?: string;
  reach?: (page: Page) => Promise<void>;
  mock?: true; // needs a failure made up
}

const shown = (page: Page) => expect(entries(page).first()).toBeVisible();

const states: State[] = [
  { name: 'list', reach: shown },
  { name: 'nothing-found', query: '?query="no entry says 7361" outcome:success', reach: (page) => expect(page.getByText('Nothing found')).toBeVisible() },
  { name: 'mistake', query: '?query=planet:mars', reach: (page) => expect(page.getByRole('alert')).toContainText('planet') },
  {
    name: 'completion',
    reach: async (page) => {
      await searchBox(page).click();
      await searchBox(page).press('ArrowDown');
      await expect(page.getByRole('option', { selected: true }).first()).toBeVisible();
    },
  },
  {
    name: 'range',
    reach: async (page) => {
      await page.getByRole('button', { name: /^Date range:/ }).click();
      await expect(page.getByRole('form', { name: 'Custom range' })).toBeVisible();
    },
  },
  {
    name: 'columns',
    reach: async (page) => {
      await page.getByRole('button', { name: 'Columns and density' }).click();
      await expect(page.getByRole('checkbox', { name: 'Target' })).toBeVisible();
    },
  },
  {
    name: 'value-menu',
    reach: async (page) => {
      await entries(page).nth(1).getByRole('cell').nth(1).getByRole('button').first().click();
      await expect(page.getByRole('menuitem', { name: 'Exclude this' })).toBeVisible();
    },
  },
  {
    name: 'entry',
    query: '?query=category:configuration crud:update',
    reach: async (page) => {
      await shown(page);
      await entries(page).first().getByRole('link').click();
      await expect(page.getByRole('dialog', { name: 'Entry' }).locator('[data-raw]')).toBeVisible();
    },
  },
  { name: 'entry-gone', query: '?event=019a0000-0000-7000-8000-000000000000', reach: (page) => expect(page.getByRole('dialog').getByRole('alert')).toBeVisible() },
  {
    name: 'download',
    query: '?query=outcome:failure',
    reach: async (page) => {
      await page.getByRole('button', { name: 'Download', exact: true }).click();
      await expect(page.getByRole('dialog', { name: 'Download' })).toContainText(/About [\d,]+ entr[^]*About [\d,]+ entr/);
    },
  },
  {
    name: 'views-menu',
    reach: async (page) => {
      await page.getByRole('button', { name: 'Views', exact: true }).click();
      await expect(page.getByRole('menuitem', { name: 'Save this view…' })).toBeVisible();
    },
  },
  {
    name: 'save-view',
    query: '?query=outcome:failure',
    reach: async (page) => {
      await page.getByRole('button', { name: 'Views', exact: true }).click();
      await page.getByRole('menuitem', { name: 'Save this view…' }).click();
      await expect(page.getByRole('dialog', { name: 'Save this view' })).toBeVisible();
    },
  },
  {
    name: 'chart-table',
    reach: async (page) => {
      await page.getByRole('button', { name: 'As a table' }).click();
      await expect(page.getByRole('columnheader', { name: 'From (UTC)' })).toBeVisible();
    },
  },
  { name: 'downloads', query: '/downloads', reach: (page) => expect(page.getByRole('main')).toContainText(/No downloads yet|Asked for/) },
  { name: 'error', query: '?query=fail-503', mock: true, reach: (page) => expect(page.getByRole('alert').last()).toContainText('req_') },
  { name: 'loading', query: '?query=fail-slow', mock: true, reach: (page) => expect(page.getByRole('status', { name: 'Loading entries' })).toBeVisible() },
];

test.describe.configure({ mode: 'parallel' });

// A few states in each, so that they can go beside each other.
const perTest = 4;
for (let from = 0; from < states.length; from += perTest) {
  const some = states.slice(from, from + perTest);
  test.describe(() => {
    test.use({ viewport: { width: 1360, height: 900 } });

    test(`accessible in both themes: ${some.map(({ name }) => name).join(', ')}`, async ({ page, request }) => {
      await send(request, { action: 'states.tried', action_label: 'Tried a state', category: 'configuration', crud: 'update', changes: [{ field: 'seats', before: 5, after: 9 }] });
      await open(page, auditLogs);
      for (const { name, query = '', reach, mock } of some) {
        if (mock && isReal) continue;
        await page.goto(`${auditLogs}${query}`);
        if (name !== 'loading' && query !== '/downloads' && name !== 'error') await expect(page.getByRole('region', { name: /Entries over time|How to search/ })).toBeVisible();
        await reach?.(page);
        await look(page, `audit-logs-${name}`);
      }
    });
  });
}

for (const [width, height] of [[320, 800], [390, 844], [768, 1024], [1024, 768], [1920, 1080], [3840, 2160]] as const) {
  test(`nothing hangs over the edge at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await open(page, auditLogs);
    await shown(page);
    expect(await overhang(page)).toBeLessThanOrEqual(0);
    await shot(page, `${width}-audit-logs`);
    await page.getByRole('button', { name: /^Date range:/ }).click();
    await expect(page.getByRole('form', { name: 'Custom range' })).toBeVisible();
    expect(await overhang(page)).toBeLessThanOrEqual(0);
    await page.keyboard.press('Escape');
    await entries(page).first().getByRole('link').click();
    await expect(page.getByRole('dialog', { name: 'Entry' }).locator('[data-raw]')).toBeVisible();
    await expect.poll(() => overhang(page)).toBeLessThanOrEqual(0);
    await shot(page, `${width}-entry`);
  });
}

test('at 200% zoom everything is still there', async ({ page }) => {
  // 200% zoom of a 1280 px window is a window of 640 CSS px.
  await page.setViewportSize({ width: 640, height: 400 });
  await open(page, auditLogs);
  await shown(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(640);
  await page.getByRole('button', { name: 'Filters', exact: true }).click();
  await expect(page.getByRole('dialog', { name: 'Filters' }).getByRole('checkbox', { name: 'Failed', exact: true })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Download', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Prepare CSV' })).toBeVisible();
});

test('a failing server gets a sentence, a request id and another try @mock', async ({ page }) => {
  await open(page, `${auditLogs}?query=fail-503`);
  await expect(page.getByRole('alert').last()).toContainText('The service is not available for the moment.');
  await expect(page.getByRole('alert').last()).toContainText('Try again in 7 s.');
  // Said once, not for the chart and the counts as well.
  await expect(page.getByText('could not be loaded')).toHaveCount(0);
  await expect(page.getByRole('alert').last()).toContainText('req_');
  await page.goto(`${auditLogs}?query=fail-500`);
  await expect(page.getByRole('alert').last()).toContainText('The server failed.');
  await expect(page.getByRole('alert').last()).not.toContainText('secret');
});

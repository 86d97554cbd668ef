import { auditLogs, entries, expect, isReal, shot, signIn, test } from './support.ts';

test.beforeEach(async ({ page }) => {
  await signIn(page, auditLogs);
  await expect(entries(page).first()).toBeVisible();
});

test('shows the columns, the newest first, in UTC, and how fresh they are', async ({ page }) => {
  await expect(page.getByRole('columnheader')).toHaveText(['Date (UTC)', 'User', 'Action', 'Area']);
  const times = await entries(page).locator('time').evaluateAll((all) => all.map((time) => time.getAttribute('datetime') ?? ''));
  expect(times.length).toBeGreaterThan(5);
  expect([...times].sort().reverse()).toEqual(times);
  const first = times[0] ?? '';
  await expect(entries(page).first()).toContainText(first.slice(11, 19));
  const freshness = page.getByText(/Up to date as of \d\d:\d\d:\d\d UTC/);
  await expect(freshness).toBeVisible();
  const before = await freshness.textContent();
  await expect(freshness).not.toHaveText(before ?? '');
  await shot(page, 'audit-logs');
});

test('searches all fields at once, keeps the search in the address and survives a reload', async ({ page }) => {
  const user = await entries(page).first().getByRole('cell').nth(1).locator('bdi').first().textContent();
  const needle = (user ?? '').slice(0, 12).toUpperCase();
  await page.getByRole('searchbox', { name: /Search/ }).fill(needle);
  await expect(page).toHaveURL(/[?&]q=/);
  await expect(page.getByRole('button', { name: /Remove filter Any field/ })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('searchbox', { name: /Search/ })).toHaveValue(needle);
  await expect(entries(page).first()).toBeVisible();
  await page.getByRole('button', { name: /Remove filter Any field/ }).click();
  await expect(page).not.toHaveURL(/[?&]q=/);
});

test('searches one field', async ({ page }) => {
  await page.getByRole('button', { name: 'Filters' }).click();
  const area = await entries(page).first().getByRole('cell').nth(3).textContent();
  await page.getByRole('textbox', { name: 'Area' }).fill(area ?? '');
  await expect(page).toHaveURL(/[?&]area=/);
  await expect.poll(async () => new Set(await entries(page).getByRole('cell').nth(3).allTextContents()).size).toBe(1);
  await page.getByRole('combobox', { name: 'Outcome' }).selectOption('Failed');
  await expect(page).toHaveURL(/outcome=failure/);
  await shot(page, 'filters');
});

test('answers who tried without a right, with one click', async ({ page }) => {
  await page.getByRole('button', { name: 'Unauthorised access', exact: true }).click();
  await expect(page).toHaveURL(/category=authentication&outcome=failure/);
  await expect(entries(page).first()).toContainText(/Failed/);
  await expect(page.getByRole('button', { name: 'Unauthorised access', exact: true })).toHaveAttribute('aria-pressed', 'true');
  await shot(page, 'unauthorised-access');
  await page.getByRole('button', { name: 'Changes to critical data', exact: true }).click();
  await expect(page).toHaveURL(/category=permission%2Cconfiguration/);
  await page.goBack();
  await expect(page).toHaveURL(/category=authentication&outcome=failure/);
});

test('narrows the dates, in UTC', async ({ page }) => {
  await page.getByRole('combobox', { name: 'Date range' }).selectOption('Last 7 days');
  await expect(page).toHaveURL(/range=7d/);
  await page.getByRole('combobox', { name: 'Date range' }).selectOption('Custom range');
  // The field takes minutes, and several entries can share one: what is before the newest minute stays.
  let minutes: string[] = [];
  await expect
    .poll(async () => {
      const times = await entries(page).locator('time').evaluateAll((all) => all.map((time) => time.getAttribute('datetime') ?? ''));
      minutes = [...new Set(times.map((time) => time.slice(0, 16)))];
      return minutes.length;
    })
    .toBeGreaterThan(1);
  const [newest = '', older = ''] = minutes;
  await page.getByLabel('To (UTC)').fill(newest);
  await expect(page).toHaveURL(/[?&]to=/);
  await expect
    .poll(async () => ((await entries(page).first().locator('time').getAttribute('datetime')) ?? '').slice(0, 16))
    .toBe(older);
  await shot(page, 'custom-range');
});

test('says which filter to drop when nothing is found', async ({ page }) => {
  await page.getByRole('searchbox', { name: /Search/ }).fill('no entry says this 7361');
  await expect(page.getByText('Nothing found')).toBeVisible();
  await shot(page, 'nothing-found');
  await page.getByRole('button', { name: /^Drop Any field/ }).click();
  await expect(entries(page).first()).toBeVisible();
});

test('opens an entry under its own address, with everything it holds', async ({ page, context }) => {
  await entries(page).first().getByRole('link').click();
  const entry = page.getByRole('dialog', { name: 'Entry' });
  await expect(entry).toBeVisible();
  await expect(page).toHaveURL(/[?&]event=/);
  for (const part of ['Who', 'What', 'Where from', 'More', 'Raw record']) {
    await expect(entry.getByRole('region', { name: part, exact: true }).first()).toBeVisible();
  }
  const raw = (await entry.locator('pre').textContent()) ?? '';
  expect(JSON.parse(raw)).toMatchObject({ v: 1 });
  await shot(page, 'entry');
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(other.getByRole('dialog', { name: 'Entry' }).locator('pre')).toHaveText(raw);
  await other.close();
  await page.keyboard.press('Escape');
  await expect(entry).toBeHidden();
  await expect(page).not.toHaveURL(/[?&]event=/);
});

test('the keyboard moves, opens and closes', async ({ page }) => {
  await page.keyboard.press('j');
  await expect(entries(page).first().getByRole('link')).toBeFocused();
  await page.keyboard.press('j');
  await expect(entries(page).nth(1).getByRole('link')).toBeFocused();
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  const entry = page.getByRole('dialog', { name: 'Entry' });
  await expect(entry).toBeVisible();
  const first = page.url();
  await expect(entry.locator('pre')).toBeVisible();
  await page.keyboard.press('j');
  await expect(page).not.toHaveURL(first);
  await page.keyboard.press('Escape');
  await expect(entry).toBeHidden();
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox', { name: /Search/ })).toBeFocused();
});

test('pages back in time in a stable order', async ({ page }) => {
  test.skip(isReal && !(await page.getByRole('button', { name: 'Older', exact: true }).isVisible()), 'fewer entries than a page');
  // A page holds 50; what happens meanwhile (our own sign-ins, too) comes on top.
  const shown = async () => Number(/^([\d,]+) of /.exec((await page.getByText(/^[\d,]+ of /).textContent()) ?? '')?.[1]?.replace(',', ''));
  const before = await shown();
  expect(before).toBeGreaterThanOrEqual(50);
  await page.getByRole('button', { name: 'Older', exact: true }).click();
  await expect.poll(shown).toBeGreaterThan(before + 10);
  await shot(page, 'older');
});

test('shows before and after side by side @mock', async ({ page }) => {
  await page.goto(`${auditLogs}?action=segment.updated`);
  await entries(page).first().getByRole('link').click();
  const changes = page.getByRole('region', { name: 'Before and after' });
  await changes.scrollIntoViewIfNeeded();
  await expect(changes.getByRole('row', { name: /seats_min/ })).toContainText('50200');
  await expect(changes.locator('ins')).toHaveText([/annual/, /two/, /hundred/].slice(0, await changes.locator('ins').count()));
  await shot(page, 'before-and-after');
});

test('a new entry slides in at the top, and is counted while the reader is further down @mock', async ({ page, request }) => {
  await request.post('/mock/orgs/acme/events', { data: { action_label: 'Slid in', action: 'x.y' } });
  await expect(entries(page).first()).toContainText('Slid in');
  await page.mouse.wheel(0, 1500);
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(200);
  await request.post('/mock/orgs/acme/events', { data: { action_label: 'Waited', action: 'x.z' } });
  await page.getByRole('button', { name: '1 new entry' }).click();
  await expect(entries(page).first()).toContainText('Waited');
});

test('a failing server gets a sentence, a request id and another try @mock', async ({ page }) => {
  await page.goto(`${auditLogs}?q=fail:503`);
  await expect(page.getByRole('alert')).toContainText('The service is not available for the moment.');
  await expect(page.getByRole('alert')).toContainText('Try again in 7 s.');
  await expect(page.getByRole('alert')).toContainText('req_');
  await shot(page, 'error');
  await page.goto(`${auditLogs}?q=fail:500`);
  await expect(page.getByRole('alert')).toContainText('The server failed.');
  await expect(page.getByRole('alert')).not.toContainText('secret');
});

test('loading shows rows to come @mock', async ({ page }) => {
  await page.goto(`${auditLogs}?q=fail:slow`);
  await expect(page.getByRole('status', { name: 'Loading entries' })).toBeVisible();
  await shot(page, 'loading');
});

test('hidden characters are shown, markup is text @mock', async ({ page }) => {
  await page.goto(`${auditLogs}?q=Renamed`);
  await expect(entries(page).first()).toContainText('evil\\u202egnp.exe <script>alert(1)</script>');
});

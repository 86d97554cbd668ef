import { auditLogs, entries, expect, expectCopied, open, search, searchBox, send, shot, test } from './support.ts';

test.beforeEach(async ({ page }) => {
  await open(page, auditLogs);
  await expect(entries(page).first()).toBeVisible();
});

const dialogOf = (page: Parameters<typeof entries>[0]) => page.getByRole('dialog', { name: 'Entry' });

test('opens an entry under its own address, with everything it holds', async ({ page, context }) => {
  await entries(page).first().getByRole('link').click();
  const entry = dialogOf(page);
  await expect(entry).toBeVisible();
  await expect(page).toHaveURL(/[?&]event=/);
  for (const part of ['Who', 'What', 'More', 'Raw record']) await expect(entry.getByRole('region', { name: part, exact: true }).first()).toBeVisible();
  const raw = (await entry.locator('[data-raw]').textContent()) ?? '';
  expect(JSON.parse(raw)).toMatchObject({ v: 1 });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await entry.getByRole('button', { name: 'Copy the raw record' }).click();
  await expectCopied(page, JSON.stringify(JSON.parse(raw)));
  await shot(page, 'entry');
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(dialogOf(other).locator('[data-raw]')).toHaveText(raw);
  await other.close();
  await page.keyboard.press('Escape');
  await expect(entry).toBeHidden();
  await expect(page).not.toHaveURL(/[?&]event=/);
});

test('explains the HTTP status', async ({ page, request }) => {
  await send(request, { action: 'status.tried', action_label: 'Tried a status', category: 'error', outcome: 'failure', http_status: 403 });
  await search(page, 'status:403');
  await entries(page).first().getByRole('link').click();
  await expect(dialogOf(page).getByRole('region', { name: 'Result' })).toContainText('403: no permission for this resource');
  await shot(page, 'entry-403');
});

test('shows before and after side by side, only what changed', async ({ page, request }) => {
  const sent = [{ field: 'session.hours_max', before: 24, after: 12 }, { field: 'sso.required', before: true, after: true }];
  await send(request, { action: 'changes.tried', action_label: 'Tried a change', category: 'configuration', crud: 'update', changes: sent });
  await search(page, 'category:configuration crud:update action:changes.tried');
  await entries(page).first().getByRole('link').click();
  const changes = dialogOf(page).getByRole('region', { name: 'Before and after' });
  await changes.scrollIntoViewIfNeeded();
  await expect(changes.getByRole('columnheader')).toHaveText(['Field', 'Before', 'After']);
  await expect(changes.getByRole('row')).toHaveCount(2);
  await expect(changes.getByRole('row').nth(1).getByRole('cell')).toHaveCount(2);
  await shot(page, 'before-and-after');
});

test('marks what changed in a long text @mock', async ({ page }) => {
  await search(page, 'action:segment.updated');
  await entries(page).first().getByRole('link').click();
  const changes = dialogOf(page).getByRole('region', { name: 'Before and after' });
  await changes.scrollIntoViewIfNeeded();
  await expect(changes.getByRole('row', { name: /seats_min/ })).toContainText('50200');
  await expect(changes.locator('ins').first()).toContainText('annual');
});

test('shows what happened around it in the same session', async ({ page, request }) => {
  const context = { ip: '203.0.113.200', session_id: `s_around_${Date.now()}` };
  for (const step of ['first', 'second', 'third']) await send(request, { action: `around.${step}`, action_label: `Step ${step}`, context });
  await search(page, `session:${context.session_id} action:around.second`);
  await entries(page).first().getByRole('link').click();
  const around = dialogOf(page).getByRole('region', { name: /^Same session/ });
  await around.scrollIntoViewIfNeeded();
  await expect(around.getByRole('button', { name: /this entry/ })).toBeDisabled();
  await shot(page, 'same-session');
  const here = page.url();
  await around.getByRole('listitem').getByRole('button', { disabled: false }).first().click();
  await expect(page).not.toHaveURL(here);
  await expect(dialogOf(page).getByRole('region', { name: /^Same session/ })).toBeVisible();
  await dialogOf(page).getByRole('button', { name: /^Show all/ }).first().click();
  await expect(dialogOf(page)).toBeHidden();
  await expect(searchBox(page)).toHaveValue(/^session:/);
});

test('more like this, from a value of the entry', async ({ page, request }) => {
  await send(request, { action: 'more.tried', action_label: 'Tried for more', category: 'error', outcome: 'failure' });
  await search(page, 'outcome:failure');
  await entries(page).first().getByRole('link').click();
  await dialogOf(page).getByRole('region', { name: 'Where from' }).getByRole('button').first().click();
  await page.getByRole('menuitem', { name: 'Filter by this' }).click();
  await expect(searchBox(page)).toHaveValue(/^outcome:failure ip:/);
  await expect(dialogOf(page)).toBeHidden();
  await expect(entries(page).first()).toBeVisible();
});

test('the keyboard alone finds, opens, steps and closes', async ({ page }) => {
  // Entries that nothing is added to meanwhile.
  await page.keyboard.press('/');
  await expect(searchBox(page)).toBeFocused();
  await page.keyboard.type('category:data');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/query=category%3Adata/);
  await expect(page.getByRole('status', { name: 'Loading entries' })).toBeHidden();
  await expect(entries(page).first()).toBeVisible();
  await searchBox(page).blur();
  await page.keyboard.press('j');
  await expect(entries(page).first().getByRole('link')).toBeFocused();
  await page.keyboard.press('j');
  await expect(entries(page).nth(1).getByRole('link')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(entries(page).nth(1).getByRole('cell').nth(3).getByRole('button')).toBeFocused();
  await page.keyboard.press('k');
  await expect(entries(page).first().getByRole('link')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialogOf(page).locator('[data-raw]')).toBeVisible();
  const first = page.url();
  await page.keyboard.press('j');
  await expect(page).not.toHaveURL(first);
  await page.keyboard.press('Escape');
  await expect(dialogOf(page)).toBeHidden();
  await expect(page).not.toHaveURL(/event=/);
  // Back at the entry that was shown last.
  await expect(entries(page).nth(1).getByRole('link')).toBeFocused();
});

test('an entry that is not there says so', async ({ page }) => {
  await page.goto(`${auditLogs}?event=019a0000-0000-7000-8000-000000000000`);
  await expect(dialogOf(page).getByRole('alert')).toContainText('This entry is not here.');
  await shot(page, 'entry-gone');
});

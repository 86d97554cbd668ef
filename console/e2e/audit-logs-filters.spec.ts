import { auditLogs, entries, expect, expectAccessible, expectCopied, open, search, searchBox, send, sender, shot, test, tick } from './support.ts';

test.beforeEach(async ({ page }) => {
  await open(page, auditLogs);
  await expect(entries(page).first()).toBeVisible();
});

test('facets count, narrow and exclude', async ({ page, request }) => {
  for (const category of ['permission', 'export']) await send(request, { action: `facets.${category}`, action_label: 'Tried the facets', category });
  await page.reload();
  const facets = page.getByRole('complementary', { name: 'Filters' });
  const category = facets.getByRole('group', { name: 'Category' });
  await tick(category.getByRole('checkbox', { name: 'Permissions' }));
  await expect(page).toHaveURL(/query=category%3Apermission/);
  // Another can be chosen beside it: its own field does not narrow its counts.
  await tick(category.getByRole('checkbox', { name: 'Exports' }));
  await expect(searchBox(page)).toHaveValue('category:permission,export');
  await shot(page, 'facets');
  // The demo has more areas than are shown at first.
  const areas = facets.getByRole('group', { name: 'Area' });
  const moreAreas = areas.getByRole('button', { name: 'More of Area' });
  const area = areas.getByRole('checkbox', { name: 'Rehearsals' });
  await expect(facets.locator('[aria-busy="true"]')).toHaveCount(0);
  await expect(area.or(moreAreas).first()).toBeVisible();
  if (!(await area.isVisible())) await moreAreas.click();
  await tick(area);
  await expect(searchBox(page)).toHaveValue(/area:=/);
  await facets.getByRole('group', { name: 'Category' }).getByRole('button', { name: 'Clear Category' }).click();
  await expect(searchBox(page)).not.toHaveValue(/category:/);
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await facets.getByRole('button', { name: 'Exclude Failed', exact: true }).click();
  await expect(searchBox(page)).toHaveValue('-outcome:failure');
  await facets.getByRole('button', { name: 'No longer exclude Failed', exact: true }).click();
  await expect(searchBox(page)).toHaveValue('');
});

test('a tick by keyboard', async ({ page }) => {
  const box = page.getByRole('checkbox', { name: 'Failed', exact: true });
  await box.focus();
  await page.keyboard.press('Space');
  await expect(page).toHaveURL(/outcome%3Afailure/);
  await expect(entries(page).first()).toContainText('Failed');
});

test('quick ranges, and one’s own, in the address', async ({ page }) => {
  await page.getByRole('button', { name: /^Date range:/ }).click();
  await page.getByRole('button', { name: 'Last 7 days' }).click();
  await expect(page).toHaveURL(/range=7d/);
  await expect(page.getByRole('button', { name: 'Date range: Last 7 days' })).toBeVisible();
  await expect(page.getByRole('status', { name: 'Loading entries' })).toBeHidden();
  await expect(entries(page).first()).toBeVisible();
  // The field takes minutes, and several entries can share one: what is before the newest minute stays.
  const times = await entries(page).locator('time').evaluateAll((all) => all.map((time) => time.getAttribute('datetime') ?? ''));
  const [newest = '', older = ''] = [...new Set(times.map((time) => time.slice(0, 16)))];
  await page.getByRole('button', { name: /^Date range:/ }).click();
  const form = page.getByRole('form', { name: 'Custom range' });
  await form.getByLabel('From (UTC)').fill('2026-01-01T00:00');
  await form.getByLabel('To (UTC)').fill('2025-01-01T00:00');
  await expect(form.getByRole('alert')).toContainText('From is not before To');
  await form.getByLabel('From (UTC)').fill(new Date(Date.now() - 6 * 86_400_000).toISOString().slice(0, 16));
  await form.getByLabel('To (UTC)').fill(newest);
  await shot(page, 'custom-range');
  await form.getByRole('button', { name: 'Show this range' }).click();
  await expect(page).toHaveURL(/[?&]to=/);
  await expect.poll(async () => ((await entries(page).first().locator('time').getAttribute('datetime')) ?? '').slice(0, 16)).toBe(older);
  await page.getByRole('button', { name: 'Zoom out' }).click();
  await expect(page).not.toHaveURL(/[?&](to|from|range)=/);
});

test('the chart zooms by dragging and by keyboard, and can be read as a table', async ({ page }) => {
  const chart = page.getByRole('region', { name: 'Entries over time' });
  const bars = chart.getByRole('listbox', { name: 'Entries over time' });
  await expect(bars.getByRole('option').last()).toBeVisible();
  const box = await bars.boundingBox();
  if (!box) throw new Error('no chart');
  await page.mouse.move(box.x + box.width * 0.6, box.y + 30);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.95, box.y + 30, { steps: 5 });
  await shot(page, 'chart-drag');
  await page.mouse.up();
  await expect(page).toHaveURL(/from=.*to=|to=.*from=/);
  const zoomed = page.url();
  await page.goBack();
  await expect(page).not.toHaveURL(/from=/);
  await expect(chart.getByRole('button', { name: 'Zoom out' })).toBeHidden();
  await bars.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(bars.getByRole('option', { selected: true })).toHaveCount(2);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/from=/);
  expect(page.url()).not.toBe(zoomed);
  await chart.getByRole('button', { name: 'Zoom out' }).click();
  await chart.getByRole('button', { name: 'As a table' }).click();
  await expect(chart.getByRole('columnheader', { name: 'From (UTC)' })).toBeVisible();
  await shot(page, 'chart-table');
  await chart.getByRole('button', { name: /^Zoom in:/ }).first().click();
  await expect(page).toHaveURL(/from=/);
});

test('any value can be filtered by, excluded and copied', async ({ page, context, request }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  for (const area of ['Tools & tricks', 'Rehearsals']) await send(request, { action: 'values.tried', action_label: 'Tried a value', area });
  await search(page, 'action:values.tried');
  const cell = entries(page).first().getByRole('cell').nth(3).getByRole('button');
  await expect(cell).toHaveText('Rehearsals');
  await cell.click();
  await expect(page.getByRole('menu')).toBeVisible();
  await shot(page, 'value-menu');
  await page.getByRole('menuitem', { name: 'Exclude this' }).click();
  await expect(searchBox(page)).toHaveValue('action:values.tried -area:=Rehearsals');
  await expect(page.getByRole('menu')).toBeHidden();
  await expect(cell).toHaveText('Tools & tricks');
  const user = entries(page).first().getByRole('cell').nth(1).getByRole('button').first();
  await expect(user).toHaveText(sender.name);
  await user.click();
  await page.getByRole('menuitem', { name: 'Copy' }).click();
  await expectCopied(page, sender.name);
  // It closes by itself.
  await expect(page.getByRole('menu')).toBeHidden();
  await user.click();
  await page.getByRole('menuitem', { name: 'Filter by this' }).click();
  await expect(searchBox(page)).toHaveValue(new RegExp('actor:="Quenby'));
  await expect(entries(page).first()).toContainText(sender.name);
});

test('on a narrow screen the facets are a sheet', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 800 });
  await page.getByRole('button', { name: 'Filters', exact: true }).click();
  const sheet = page.getByRole('dialog', { name: 'Filters' });
  await tick(sheet.getByRole('checkbox', { name: 'Failed', exact: true }));
  await expect(page).toHaveURL(/outcome%3Afailure/);
  await shot(page, 'narrow-filters');
  await sheet.getByRole('button', { name: /^Show/ }).click();
  await expect(sheet).toBeHidden();
  await expect(page.getByRole('button', { name: 'Filters (1)' })).toBeVisible();
});

test('a link whose range can hold nothing says why, and one that asks for too much gets the window', async ({ page }) => {
  const usual = page.getByRole('button', { name: 'Date range: Last 30 days' });
  for (const [query, title] of [['?to=2020-01-01T00:00:00Z', 'This range is older than what your organization sees'], ['?from=2026-11-22T00:00:00Z&to=2026-11-21T00:00:00Z', 'This range ends before it begins']] as const) {
    await page.goto(auditLogs + query);
    await expect(page.getByRole('heading', { name: title })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('main').getByRole('button', { name: 'Look at the last 30 days' }).click();
    await expect(entries(page).first()).toBeVisible();
    await expect(usual).toBeVisible();
  }
  // Times that are none, a range of no organization, a parameter twice.
  for (const query of ['?from=2026-13-45', '?range=0d', '?query=a&query=b']) {
    await page.goto(auditLogs + query);
    await expect(usual).toBeVisible();
    await expect(entries(page).first()).toBeVisible();
  }
});

test('Back leads to what was shown before a search was typed', async ({ page, request }) => {
  await send(request, { action: 'back.tried', action_label: 'Tried to go back' });
  await tick(page.getByRole('checkbox', { name: 'Other', exact: true }));
  await expect(searchBox(page)).toHaveValue('category:other');
  await searchBox(page).focus();
  await page.keyboard.press('End');
  await searchBox(page).pressSequentially(' quenby');
  await expect(page).toHaveURL(/quenby/);
  await searchBox(page).pressSequentially(' tried');
  await expect(page).toHaveURL(/tried/);
  await page.goBack();
  await expect(page).toHaveURL(/query=category%3Aother$/);
  await expect(searchBox(page)).toHaveValue('category:other');
  await expect(entries(page).first()).toBeVisible();
});

test('a facet of very many values says how many are not shown', async ({ page }) => {
  let are = 0;
  await page.route(/\/events\/facets\?/, async (route) => {
    const limit = Number(new URL(route.request().url()).searchParams.get('limit'));
    const answer = await route.fetch();
    const body = (await answer.json()) as { data: { field: string; values: object[]; more: boolean }[] };
    const values = Array.from({ length: Math.min(are, limit) }, (_, i) => ({ value: `u_${i}`, label: `User ${String(i).padStart(3, '0')}`, count: 900 - i }));
    await route.fulfill({ response: answer, json: { ...body, data: body.data.map((facet) => (facet.field === 'actor' ? { ...facet, values, more: are > limit } : facet)) } });
  });
  const people = page.getByRole('complementary', { name: 'Filters' }).getByRole('group', { name: 'User' });
  for (const [number, words] of [[73, 'and 23 more; find one by actor: in the search'], [101, 'and more than 50 more; find one by actor: in the search']] as const) {
    are = number;
    await open(page, auditLogs);
    await people.getByRole('button', { name: 'More of User' }).click();
    await expect(people.getByText(words)).toBeVisible();
    await expect(people.getByRole('checkbox')).toHaveCount(50);
    await shot(page, `facet-many-${number}`);
  }
  are = 50;
  await open(page, auditLogs);
  await people.getByRole('button', { name: 'More of User' }).click();
  await expect(people.getByRole('checkbox')).toHaveCount(50);
  await expect(people.getByText('find one by')).toHaveCount(0);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});

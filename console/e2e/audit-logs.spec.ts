import { auditLogs, entries, expect, isReal, open, search, searchBox, send, sender, shot, test } from './support.ts';

test.beforeEach(async ({ page }) => {
  await open(page, auditLogs);
  await expect(entries(page).first()).toBeVisible();
});

test('shows the columns, the newest first, in UTC, and how fresh they are', async ({ page }) => {
  await expect(page.getByRole('columnheader')).toHaveText(['Date (UTC)', 'User', 'Action', 'Area']);
  // Read at once: the next moment may bring another entry.
  const shown = await entries(page).locator('time').evaluateAll((all) => all.map((time) => ({ instant: time.getAttribute('datetime') ?? '', text: time.textContent })));
  const times = shown.map(({ instant }) => instant);
  expect(times.length).toBeGreaterThan(5);
  expect([...times].sort().reverse()).toEqual(times);
  for (const { instant, text } of shown) expect(text).toContain(instant.slice(11, 19));
  const freshness = page.getByText(/Up to date as of \d\d:\d\d:\d\d UTC/);
  await expect(freshness).toBeVisible();
  const before = await freshness.textContent();
  await expect(freshness).not.toHaveText(before ?? '');
  expect((await entries(page).first().boundingBox())?.height).toBe(44);
});

test('searches all fields at once, keeps the search in the address and survives a reload', async ({ page, request }) => {
  await send(request, { action: 'search.tried', action_label: 'Tried a search' });
  const needle = 'QUENBY O\'NÉIL TRIED';
  await searchBox(page).fill(needle);
  await expect(page).toHaveURL(/[?&]query=/);
  await page.reload();
  await expect(searchBox(page)).toHaveValue(needle);
  await expect(entries(page).first()).toContainText('Tried a search');
  await expect(entries(page).first()).toContainText(sender.name);
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await expect(page).not.toHaveURL(/[?&]query=/);
});

test('completes fields and values by keyboard', async ({ page }) => {
  const box = searchBox(page);
  await box.pressSequentially('cat');
  const offers = page.getByRole('listbox', { name: 'Completions' });
  await expect(offers.getByRole('option').first()).toHaveText(/^category:/);
  await expect(box).toHaveAttribute('aria-expanded', 'true');
  await box.press('ArrowDown');
  await expect(offers.getByRole('option').first()).toHaveAttribute('aria-selected', 'true');
  await box.press('Enter');
  await expect(box).toHaveValue('category:');
  await box.pressSequentially('sign');
  await expect(offers.getByRole('option')).toHaveText(/Sign-in/);
  await box.press('ArrowDown');
  await box.press('Enter');
  await expect(page).toHaveURL(/query=category%3Aauthentication/);
  await box.pressSequentially('-actor:');
  await expect(offers.getByRole('option').nth(2)).toBeVisible();
  await shot(page, 'completion');
  await box.press('Escape');
  await expect(offers).toBeHidden();
});

test('offers people and actions for plain words', async ({ page, request }) => {
  await send(request, { action: 'offers.tried', action_label: 'Rehearsed (offers)' });
  // From its beginning, from within, with an apostrophe: the first two end in the middle of a word.
  for (const part of ['Que', 'uenb', "O'N"]) {
    await searchBox(page).fill('');
    await searchBox(page).pressSequentially(part);
    await expect(page.getByRole('option').filter({ hasText: sender.name })).toHaveText(/^User: /);
  }
  await searchBox(page).fill('');
  await searchBox(page).pressSequentially('rehearsed');
  await expect(page.getByRole('option').filter({ hasText: 'Rehearsed (offers)' })).toHaveText(/^Action: /);
  await searchBox(page).fill('');
  await searchBox(page).pressSequentially('Que');
  await page.getByRole('option').filter({ hasText: sender.name }).click();
  await expect(page).toHaveURL(/query=actor%3A/);
  await expect(searchBox(page)).toHaveValue(`actor:"${sender.name}" `);
  await expect(entries(page).first()).toContainText(sender.name);
});

test('leaves out what has a minus, and takes any of several values', async ({ page }) => {
  await search(page, 'category:authentication,data -outcome:failure');
  await expect(entries(page).first()).toBeVisible();
  await expect(page.getByRole('table', { name: 'Audit log entries' }).getByText(/^Failed/)).toHaveCount(0);
  await expect(page.getByRole('checkbox', { name: 'Sign-in', exact: true }).first()).toBeChecked();
  await expect(page.getByRole('checkbox', { name: 'Data', exact: true })).toBeChecked();
});

test('says where a search is wrong', async ({ page }) => {
  await search(page, 'zoe planet:mars');
  await expect(page.getByRole('alert')).toContainText(/At character 5: .*planet/);
  await expect(searchBox(page)).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByRole('heading', { name: 'How to search' })).toBeVisible();
  await shot(page, 'mistake');
});

test('answers the standing questions with one click', async ({ page, request }) => {
  await send(request, { action: 'vault.refused', action_label: 'Vault refused', category: 'error', outcome: 'failure', http_status: 403 });
  await send(request, { action: 'vault.opened_to', action_label: 'Vault opened to', category: 'permission', crud: 'update' });
  const quick = page.getByRole('group', { name: 'Quick filters' });
  await quick.getByRole('button', { name: 'Unauthorised access' }).click();
  await expect(page).toHaveURL(/query=is%3Aunauthorised/);
  await expect(entries(page).filter({ hasText: 'Vault refused' }).first()).toContainText(/Failed/);
  await expect(entries(page).filter({ hasText: 'Vault opened to' })).toHaveCount(0);
  await expect(quick.getByRole('button', { name: 'Unauthorised access' })).toHaveAttribute('aria-pressed', 'true');
  await shot(page, 'unauthorised-access');
  await quick.getByRole('button', { name: 'Changes to critical data' }).click();
  await expect(page).toHaveURL(/query=is%3Acritical_change/);
  await expect(entries(page).filter({ hasText: 'Vault opened to' }).first()).toBeVisible();
  await expect(entries(page).filter({ hasText: 'Vault refused' })).toHaveCount(0);
  await page.goBack();
  await expect(page).toHaveURL(/query=is%3Aunauthorised/);
  await quick.getByRole('button', { name: 'Unauthorised access' }).click();
  await expect(page).not.toHaveURL(/query=/);
});

test('says which term to drop when nothing is found', async ({ page }) => {
  await search(page, 'outcome:success "no entry says this 7361"');
  await expect(page.getByText('Nothing found')).toBeVisible();
  await shot(page, 'nothing-found');
  await page.getByRole('button', { name: /^Drop “no entry/ }).click();
  await expect(entries(page).first()).toBeVisible();
  await expect(searchBox(page)).toHaveValue('outcome:success');
});

test('pages back in time in a stable order', async ({ page }) => {
  test.skip(isReal && !(await page.getByRole('button', { name: 'Older', exact: true }).isVisible()), 'fewer entries than a page');
  // A page holds 50; what happens meanwhile (our own sign-ins, too) comes on top.
  const shown = async () => Number(/^([\d,]+) of /.exec((await page.getByText(/^[\d,]+ of /).textContent()) ?? '')?.[1]?.replace(',', ''));
  const before = await shown();
  expect(before).toBeGreaterThanOrEqual(50);
  await page.getByRole('button', { name: 'Older', exact: true }).click();
  await expect.poll(shown).toBeGreaterThan(before + 10);
});

test('a new entry slides in at the top, and is counted while the reader is further down', async ({ page, request }) => {
  await send(request, { action: 'live.first', action_label: 'Slid in' });
  await expect(entries(page).filter({ hasText: 'Slid in' }).first()).toBeVisible();
  await page.mouse.wheel(0, 1500);
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(200);
  await send(request, { action: 'live.second', action_label: 'Waited' });
  await expect(page.getByRole('button', { name: /^\d+ new entr/ })).toBeVisible();
  await shot(page, 'new-entries');
  await page.getByRole('button', { name: /^\d+ new entr/ }).click();
  await expect(entries(page).filter({ hasText: 'Waited' }).first()).toBeInViewport();
  await search(page, 'action:live.first');
  await send(request, { action: 'live.third', action_label: 'Not searched for' });
  await page.waitForTimeout(1500);
  await expect(page.getByText('Not searched for')).toHaveCount(0);
});

test('the person’s own zone is one click away, and always said', async ({ page }) => {
  const zones = page.getByRole('radiogroup', { name: 'Time zone of what is shown' });
  const instant = (await entries(page).first().locator('time').getAttribute('datetime')) ?? '';
  const first = entries(page).locator(`time[datetime="${instant}"]`).first();
  await zones.getByText('New York').click();
  await expect(page.getByRole('columnheader').first()).toHaveText(/Date \(UTC-0[45]:00\)/);
  const local = new Intl.DateTimeFormat('en-GB', { timeZone: 'America/New_York', timeStyle: 'medium' }).format(new Date(instant));
  await expect(first).toContainText(local);
  await page.reload();
  await expect(page.getByRole('columnheader').first()).toHaveText(/UTC-0[45]:00/);
  await zones.getByText('UTC').click();
  await expect(page.getByRole('columnheader').first()).toHaveText('Date (UTC)');
});

test('columns, their order and density are remembered', async ({ page }) => {
  await page.getByRole('button', { name: 'Columns and density' }).click();
  for (const column of ['IP Address', 'Outcome']) await page.getByRole('checkbox', { name: column }).check();
  for (let i = 0; i < 2; i++) await page.getByRole('button', { name: 'Move IP Address up' }).click();
  await page.getByRole('radiogroup', { name: 'Density' }).getByText('Compact').click();
  await shot(page, 'columns');
  await page.keyboard.press('Escape');
  await page.reload();
  await expect(page.getByRole('columnheader')).toHaveText(['Date (UTC)', 'User', 'IP Address', 'Action', 'Area', 'Outcome']);
  await expect(entries(page).first()).toBeVisible();
  expect((await entries(page).first().boundingBox())?.height).toBe(30);
});

test('an old link still finds what it found @mock', async ({ page }) => {
  await page.goto(`${auditLogs}?category=authentication&outcome=failure`);
  await expect(searchBox(page)).toHaveValue('category:authentication outcome:failure');
  await expect(entries(page).first()).toContainText('Failed');
});

test('hidden characters are shown, markup is text @mock', async ({ page }) => {
  await search(page, 'Renamed');
  await expect(entries(page).first()).toContainText('evil\\u202egnp.exe <script>alert(1)</script>');
});

test('what the vendor’s staff did is marked @mock', async ({ page }) => {
  await search(page, 'area:"Vendor access"');
  await expect(entries(page).first()).toContainText('Vendor access');
  await entries(page).first().getByRole('link').click();
  await expect(page.getByRole('dialog')).toContainText('vendor’s staff');
});

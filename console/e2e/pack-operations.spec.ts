import { expect, look, shot, signIn, test } from './support.ts';

// What operators do with data packs, on the mock server; on a real one: tests/e2e/scenario_packs*.py.
test.describe.configure({ mode: 'serial' });

const operator = { email: 'op@vendor.example', password: 'correct horse battery' };
const page = '/operators/data-packs';

test('held runs come first, with their numbers, and are released @mock', async ({ page: tab }) => {
  await signIn(tab, page, operator);
  const held = tab.getByRole('region', { name: /^1 run held/ });
  await held.getByRole('button', { name: /^Details of the run/ }).click();
  await expect(held.getByRole('row', { name: 'rows 41,300 212' })).toBeVisible();
  await expect(tab.getByRole('row').filter({ hasText: 'Order File Export' })).toContainText('Released');
  await look(tab, 'operators-packs');
  await held.getByRole('button', { name: /^Release the run/ }).click();
  await expect(held).toBeHidden();
  await tab.getByRole('searchbox', { name: 'Find a data pack' }).fill('order file');
  await expect(tab.getByRole('link', { name: 'Invoices' })).toBeHidden();
  await expect(tab.getByRole('link', { name: 'Orders' })).toBeVisible();
});

test('a source is made, checked and changed; its password never comes back @mock', async ({ page: tab }) => {
  await signIn(tab, page, operator);
  await tab.getByRole('link', { name: 'Sources' }).click();
  await tab.getByRole('button', { name: 'Check the source shop' }).click();
  await expect(tab.getByText('Works: PostgreSQL 15.9, in 42 ms')).toBeVisible();
  await expect(tab.getByText('The user can write: give it SELECT alone.')).toBeVisible();
  await look(tab, 'operators-sources');
  await tab.getByRole('button', { name: 'New source' }).click();
  const form = tab.getByRole('dialog', { name: 'New source' });
  await expect(form.getByRole('button', { name: 'Save' })).toBeDisabled();
  await form.getByRole('textbox', { name: 'Id' }).fill('warehouse');
  await form.getByRole('combobox', { name: 'Type' }).selectOption('mariadb');
  await form.getByRole('textbox', { name: 'Host' }).fill('10.0.0.7');
  await form.getByRole('textbox', { name: 'Database' }).fill('sales');
  await form.getByRole('textbox', { name: 'User' }).fill('reader');
  await form.getByLabel('Password', { exact: true }).fill('sealed away');
  await look(tab, 'operators-source');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(tab.getByRole('row').filter({ hasText: 'warehouse' })).toContainText('MariaDB');
  await tab.getByRole('button', { name: 'Edit the source warehouse' }).click();
  await expect(tab.getByLabel('Password', { exact: true })).toHaveValue('');
  await expect(tab.getByText('One is stored and never shown again')).toBeVisible();
  await tab.getByRole('button', { name: 'Cancel' }).click();
  await tab.getByRole('button', { name: 'Delete the source shop' }).click();
  await tab.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(tab.getByRole('alert')).toBeVisible();
});

test('files that the vendor brings are shown by their sets @mock', async ({ page: tab }) => {
  await signIn(tab, `${page}/sources`, operator);
  await tab.getByRole('button', { name: 'Files of the source drop' }).click();
  const sets = tab.getByRole('table', { name: 'Sets of files of drop' });
  await expect(sets.getByRole('row').nth(1)).toContainText('1 of 2 files');
  await expect(sets.getByRole('row').nth(1)).toContainText('2 Nov 2026 05:00 UTC');
  await expect(sets.getByRole('row').nth(2)).toContainText('november, revision 2');
  await expect(sets.getByRole('row').nth(3)).toContainText('Removed after 30 days');
  await look(tab, 'operators-files');
});

test('what lies in the watched folder says why, and what to do @mock', async ({ page: tab }) => {
  await signIn(tab, `${page}/sources`, operator);
  await tab.getByRole('link', { name: 'In the watched folder: 1 refused, 2 waiting' }).click();
  await expect(tab.getByRole('combobox', { name: 'Source' })).toHaveValue('nightly');
  const list = tab.getByRole('list', { name: 'What was not taken' });
  await expect(list.getByRole('listitem')).toHaveCount(3);
  await expect(list.getByRole('listitem').nth(0)).toContainText('Bring the file itself');
  await expect(list.getByRole('listitem').nth(1)).toContainText('22 Nov 2026 06:00 UTC'); // waits for hours
  await expect(list.getByRole('listitem').nth(1)).toContainText('1 of 2 files of 20261122T060000Z are there.');
  await expect(list.getByRole('listitem').nth(2)).toContainText('for 2 minutes');
  await expect(tab.getByRole('table', { name: 'Sets of files of nightly' })).toBeVisible();
  await look(tab, 'operators-folder');
  await tab.getByRole('combobox', { name: 'Source' }).selectOption('All sources');
  await expect(list.getByRole('listitem')).toHaveCount(4);
  await expect(list.getByRole('listitem').nth(0)).toContainText('make a source of the type Folder');
  await expect(tab).toHaveURL(new RegExp('/folder$'));
  await list.getByRole('link', { name: 'Statements' }).first().click();
  await expect(tab.getByRole('heading', { level: 1, name: 'Statements' })).toBeVisible();
  await tab.getByRole('region', { name: 'Runs' }).getByRole('link', { name: 'In the watched folder: 1 refused, 2 waiting' }).click();
  await expect(list.getByRole('listitem')).toHaveCount(3);
});

test('the watched folder is empty, not there, not set, or the server fails @mock', async ({ page: tab }) => {
  const answers = {
    empty: { path: '/srv/drop', looked_at: new Date().toISOString(), problem: null, data: [], more: false },
    problem: { path: '/srv/drop', looked_at: new Date().toISOString(), problem: 'open /srv/drop: No such file or directory', data: [], more: false },
    unset: { path: null, looked_at: null, problem: null, data: [], more: false },
  };
  let answer: keyof typeof answers | 'fails' | 'waits' = 'waits';
  let answered = () => {};
  const asked = new Promise<void>((resolve) => (answered = resolve));
  await tab.route('**/v1/watched_folder*', async (route) => {
    if (answer === 'waits') await asked;
    if (answer === 'fails') await route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ title: 'Unavailable', status: 503, code: 'unavailable', detail: 'Try again.', request_id: 'r1' }) });
    else await route.fulfill({ json: answers[answer === 'waits' ? 'empty' : answer] });
  });
  await signIn(tab, `${page}/folder`, operator);
  await expect(tab.getByRole('status', { name: 'Loading what lies in the watched folder' })).toBeVisible();
  await look(tab, 'operators-folder-loading');
  answer = 'empty';
  answered();
  await expect(tab.getByText('Nothing waits in the watched folder')).toBeVisible();
  await look(tab, 'operators-folder-empty');
  answer = 'problem';
  await tab.reload();
  await expect(tab.getByRole('alert')).toContainText('No such file or directory');
  await expect(tab.getByText('Nothing waits in the watched folder')).toBeHidden();
  await look(tab, 'operators-folder-problem');
  answer = 'unset';
  await tab.reload();
  await expect(tab.getByText('No folder is watched')).toBeVisible();
  await look(tab, 'operators-folder-unset');
  answer = 'fails';
  await tab.reload();
  await expect(tab.getByRole('button', { name: 'Try again' })).toBeVisible();
  await look(tab, 'operators-folder-fails');
  answer = 'empty';
  await tab.getByRole('button', { name: 'Try again' }).click();
  await expect(tab.getByText('Nothing waits in the watched folder')).toBeVisible();
});

test('a pack is defined, previewed, released and given to an organization @mock', async ({ page: tab }) => {
  await signIn(tab, page, operator);
  await tab.getByRole('button', { name: 'New data pack' }).click();
  const create = tab.getByRole('button', { name: 'Create' });
  await expect(create).toBeDisabled();
  await tab.getByRole('textbox', { name: 'Id' }).fill('refunds');
  await tab.getByRole('textbox', { name: 'Name', exact: true }).fill('Refunds');
  await tab.getByRole('textbox', { name: 'Former name' }).fill('Refund File Export');
  await tab.getByRole('combobox', { name: 'Source' }).selectOption('shop');
  await tab.getByRole('textbox', { name: 'Query' }).fill('SELECT * FROM refunds');
  await tab.getByRole('combobox', { name: 'Schedule' }).selectOption('weekly');
  await tab.getByRole('combobox', { name: 'On', exact: true }).selectOption('friday');
  await tab.getByRole('textbox', { name: 'Time zone' }).fill('Europe/Berlin');
  await create.click();
  await expect(tab.getByText('The query does not use :org.')).toBeVisible();
  await look(tab, 'operators-new-pack');
  await tab.getByRole('textbox', { name: 'Query' }).fill('SELECT * FROM refunds WHERE org = :org');
  await create.click();
  await expect(tab.getByRole('heading', { level: 1, name: 'Refunds' })).toBeVisible();
  const release = tab.getByRole('region', { name: 'Preview and release' });
  await release.getByRole('textbox', { name: 'Organizations' }).fill('acme, nobody');
  await release.getByRole('button', { name: 'Preview' }).click();
  await expect(release.getByText('acme: 41,337 rows')).toBeVisible();
  await expect(release.getByText('There is no such organization.')).toBeVisible();
  await look(tab, 'operators-preview');
  await release.getByRole('button', { name: 'Release' }).click();
  await expect(release.getByText('Released as version 1.')).toBeVisible();
  const who = tab.getByRole('region', { name: 'Who has it' });
  await who.getByRole('textbox', { name: 'Organization id' }).fill('globex');
  await who.getByRole('button', { name: 'Add' }).click();
  await expect(who.getByRole('button', { name: 'Withdraw from globex' })).toBeVisible();
  await who.getByRole('button', { name: 'Withdraw from globex' }).click();
  await expect(who).toContainText('Nobody yet.');
});

test('a change that breaks readers says so and asks for a notice @mock', async ({ page: tab }) => {
  await signIn(tab, `${page}/packs/orders`, operator);
  await tab.getByRole('textbox', { name: 'Query' }).fill('SELECT order_id, total FROM orders2 WHERE org = :org');
  await tab.getByRole('button', { name: 'Save the draft' }).click();
  await expect(tab.getByText('Saved. Nothing is delivered by it before it is released.')).toBeVisible();
  const release = tab.getByRole('region', { name: 'Preview and release' });
  // There is something to release once the draft is saved.
  await expect(release.getByRole('button', { name: 'Release' })).toBeVisible();
  await release.getByRole('button', { name: 'Preview' }).click();
  await expect(release).toContainText('currency');
  await expect(release).toContainText('who reads them breaks');
  await release.getByRole('textbox', { name: 'Notice in days' }).fill('14');
  await look(tab, 'operators-breaking');
  await release.getByRole('button', { name: 'Release' }).click();
  await expect(tab.getByRole('region', { name: 'Versions' })).toContainText('Version 3');
});

test('runs of all organizations are filtered by their state @mock', async ({ page: tab }) => {
  await signIn(tab, `${page}/runs`, operator);
  await tab.getByRole('combobox', { name: 'State' }).selectOption('delivered');
  await expect(tab.getByRole('row').filter({ hasText: 'Delivered' }).first()).toBeVisible();
  await expect(tab.getByRole('row').filter({ hasText: /Held|Failed/ })).toHaveCount(0);
  await look(tab, 'operators-runs');
  await tab.getByRole('combobox', { name: 'State' }).selectOption('staged');
  await expect(tab.getByText('No run in this state')).toBeVisible();
});

test('nothing of it hangs over the edge of a small screen @mock', async ({ page: tab }) => {
  await tab.setViewportSize({ width: 320, height: 800 });
  await signIn(tab, page, operator);
  for (const address of [page, `${page}/sources`, `${page}/folder`, `${page}/runs`, `${page}/packs/orders`]) {
    await tab.goto(address);
    const main = tab.getByRole('main');
    await expect(main.getByRole('button').or(main.getByRole('list', { name: 'What was not taken' })).first()).toBeVisible();
    expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    await shot(tab, `320-operators-${address.split('/').at(-1) ?? ''}`);
  }
});

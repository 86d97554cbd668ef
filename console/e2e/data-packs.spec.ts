import type { Page } from '@playwright/test';
import { expect, integrations, look, org, shot, signIn, test } from './support.ts';

// On the mock server, which has packs and runs; on a real one: tests/e2e/scenario_packs*.py.
test.describe.configure({ mode: 'serial' });

const page = `/orgs/${org}/settings/data-packs`;
const packs = (tab: Page) => tab.getByRole('main').getByRole('listitem').filter({ has: tab.getByRole('heading', { level: 2 }) });

test('packs say what they are, when they come and where they go @mock', async ({ page: tab }) => {
  await signIn(tab, page);
  await expect(packs(tab)).toHaveCount(6);
  await expect(packs(tab).first()).toContainText('formerly Order File Export');
  await expect(packs(tab).first()).toContainText('every day at 05:00 UTC');
  await expect(packs(tab).first()).toContainText('sftp://sftp.acme.example/in/orders/');
  await look(tab, 'packs');
  const search = tab.getByRole('searchbox', { name: 'Find a data pack' });
  await search.fill('seat file');
  await expect(packs(tab)).toHaveCount(1);
  await search.fill('SFE');
  await expect(packs(tab)).toHaveCount(6);
  await search.fill('payroll');
  await expect(tab.getByText('No data pack has “payroll” in its name')).toBeVisible();
});

test('the page is found by the former name of data packs @mock', async ({ page: tab }) => {
  await signIn(tab, `/orgs/${org}/settings/audit-logs`);
  await tab.getByRole('button', { name: 'Go to…' }).click();
  await tab.getByRole('dialog').getByRole('combobox').fill('SFE');
  await expect(tab.getByRole('option', { name: /Data packs/ })).toBeVisible();
  await tab.keyboard.press('Enter');
  await expect(tab).toHaveURL(new RegExp(`${page}$`));
});

test('a pack’s runs say what happened; one that failed is tried again @mock', async ({ page: tab }) => {
  await signIn(tab, page);
  await tab.getByRole('link', { name: 'Orders' }).click();
  await expect(tab.getByRole('heading', { level: 1, name: 'Orders' })).toBeVisible();
  const runs = tab.getByRole('region', { name: 'Runs' });
  await expect(runs.getByRole('row').nth(1)).toContainText('Delivered');
  await expect(runs).toContainText('Let the user acme write in the folder in, then try again.');
  await runs.getByRole('button', { name: /^Details of the run/ }).first().click();
  await expect(runs).toContainText('orders-00001.csv.gz');
  await look(tab, 'pack');
  await runs.getByRole('button', { name: /^Try again: the run/ }).click();
  await expect(runs.getByRole('button', { name: /^Try again: the run/ })).toHaveCount(0);
  await tab.getByRole('button', { name: 'Older', exact: true }).click();
  await expect(runs.getByRole('button', { name: /^Details of the run/ })).toHaveCount(32);
});

test('a pack is run now, and past intervals are filled in @mock', async ({ page: tab }) => {
  await signIn(tab, `${page}/packs/tickets`);
  const runs = tab.getByRole('region', { name: 'Runs' });
  await expect(runs.getByRole('button', { name: /^Details of the run/ })).toHaveCount(1);
  await tab.getByRole('button', { name: 'Run now' }).click();
  await tab.getByRole('dialog').getByRole('button', { name: 'Run now' }).click();
  await expect(tab.getByRole('main').getByText('1 run begun.')).toBeVisible();
  await expect(runs.getByRole('row').nth(1)).toContainText('run now');
  await expect(runs.getByRole('row').nth(1)).toContainText('Delivered', { timeout: 30_000 });
  await tab.getByRole('button', { name: 'Backfill…' }).click();
  const dialog = tab.getByRole('dialog', { name: 'Backfill past intervals' });
  await expect(dialog.getByRole('button', { name: 'Begin' })).toBeDisabled();
  await dialog.getByLabel('From (UTC)').fill('2026-10-01');
  await dialog.getByLabel('To (UTC)').fill('2026-10-04');
  await look(tab, 'pack-backfill');
  await dialog.getByRole('button', { name: 'Begin' }).click();
  await expect(tab.getByText('3 runs begun.')).toBeVisible();
  await expect(runs.getByRole('button', { name: /^Details of the run/ })).toHaveCount(5);
});

test('a held run shows the numbers, and only the vendor can release it @mock', async ({ page: tab }) => {
  await signIn(tab, `${page}/packs/invoices`);
  const runs = tab.getByRole('region', { name: 'Runs' });
  await expect(runs).toContainText('Held: the size is unusual. The vendor looks at it');
  await runs.getByRole('button', { name: /^Details of the run/ }).first().click();
  const hold = tab.getByRole('region', { name: 'Held: the size is unusual' });
  await expect(hold.getByRole('row', { name: 'rows 41,300 212' })).toBeVisible();
  await look(tab, 'pack-held');
  await expect(tab.getByRole('button', { name: /^Release/ })).toHaveCount(0);
});

test('what changed since the last run is counted, and a set of files says which it is @mock', async ({ page: tab }) => {
  await signIn(tab, `${page}/packs/contacts`);
  const runs = tab.getByRole('region', { name: 'Runs' });
  await expect(runs.getByRole('row').nth(1)).toContainText('19 added, 6 changed, 2 removed');
  await expect(runs.getByRole('row').nth(2)).toContainText('all of them');
  await runs.getByRole('button', { name: /^Details of the run/ }).first().click();
  await expect(runs.getByText('run_contacts_99')).toBeVisible();
  await look(tab, 'pack-changed');
  await tab.goto(`${page}/packs/statements`);
  await expect(runs.getByRole('row').nth(1)).toContainText('revision 2');
  await runs.getByRole('button', { name: /^Details of the run/ }).first().click();
  await expect(runs.getByText('november, revision 2')).toBeVisible();
  await look(tab, 'pack-of-files');
});

test('an SFTP server is set up, and its host key confirmed once @mock', async ({ page: tab }) => {
  await signIn(tab, page);
  await tab.getByRole('link', { name: 'Where they go' }).click();
  const panel = tab.getByRole('region', { name: 'SFTP server' });
  await expect(panel).toContainText('Not set up');
  const save = panel.getByRole('button', { name: 'Save' });
  await expect(save).toBeDisabled();
  await panel.getByRole('textbox', { name: 'Host' }).fill('sftp://sftp.acme.example');
  await panel.getByRole('textbox', { name: 'User' }).fill('acme');
  await panel.getByRole('textbox', { name: 'Password' }).fill('not shown again');
  await save.click();
  await expect(panel.getByText('A host has a name only, without sftp://.')).toBeVisible();
  await panel.getByRole('textbox', { name: 'Host' }).fill('sftp.acme.example');
  await save.click();
  await expect(panel).toContainText('A password is stored. It is never shown again.');
  await panel.getByRole('button', { name: 'Check' }).click();
  const key = panel.getByRole('region', { name: 'The server’s host key' });
  await expect(key).toContainText('ssh-ed25519 SHA256:u3vXk2');
  await expect(panel.getByRole('list', { name: 'Checks of the SFTP server' })).toContainText('Fails: The host key is the confirmed one');
  await look(tab, 'sftp-host-key');
  await key.getByRole('button', { name: 'This is the right key: confirm it' }).click();
  await expect(panel.getByText('Ready')).toBeVisible();
  await expect(key).toBeHidden();
  await look(tab, 'sftp-ready');
  // Another host needs its secret anew, and is not checked before it is saved.
  await panel.getByRole('textbox', { name: 'Host' }).fill('other.example');
  await expect(panel.getByRole('button', { name: 'Check' })).toBeDisabled();
  await expect(save).toBeDisabled();
});

test('the wizard asks where data packs go, and says what changes for SFTP @mock', async ({ page: tab }) => {
  await signIn(tab, `${integrations}/s3`);
  await tab.getByRole('button', { name: 'Connect', exact: true }).click();
  await expect(tab.getByRole('button', { name: /Data packs/ })).toBeVisible();
  await tab.getByRole('textbox', { name: 'S3 Bucket Name' }).fill('acme-packs');
  await tab.getByRole('combobox', { name: 'Region' }).selectOption('eu-central-1');
  await tab.getByRole('button', { name: 'Save and show the policy' }).click();
  await tab.getByRole('checkbox', { name: /^I have read/ }).check();
  await tab.getByRole('button', { name: 'Next', exact: true }).click();
  await tab.getByRole('button', { name: 'Validate' }).click();
  await tab.getByRole('button', { name: 'Save & Next' }).click();
  const effects = tab.getByRole('region', { name: 'What this changes' });
  await expect(effects).toContainText('SFTP delivery to sftp.acme.example stops when you save.');
  await tab.getByRole('textbox', { name: 'File path for data packs' }).fill('../up');
  await tab.getByRole('button', { name: 'Save & Next' }).click();
  await expect(tab.getByText('A path has no dots.').first()).toBeVisible();
  await tab.getByRole('textbox', { name: 'File path for data packs' }).fill('packs');
  await expect(effects).toContainText('s3://acme-packs/trailkeeper/packs/');
  await look(tab, 's3-wizard-packs');
  await tab.getByRole('checkbox', { name: 'Keep SFTP as well' }).check();
  await expect(effects).toContainText('goes on getting every run');
  await tab.getByRole('button', { name: 'Save & Next' }).click();
  await tab.getByRole('button', { name: 'Finish' }).click();
  await expect(tab.getByText('Healthy.')).toBeVisible();
});

test('where packs go is changed after seeing what that does @mock', async ({ page: tab }) => {
  await signIn(tab, `${page}/destination`);
  const panel = tab.getByRole('region', { name: 'Where data packs go' });
  await expect(panel).toContainText('s3://acme-packs/trailkeeper/packs/');
  await expect(panel.getByRole('button', { name: 'Save' })).toBeDisabled();
  await panel.getByRole('checkbox', { name: 'Keep SFTP as well' }).uncheck();
  await expect(panel.getByRole('region', { name: 'What this changes' })).toContainText('SFTP delivery to sftp.acme.example stops when you save.');
  await look(tab, 'packs-destination');
  await panel.getByRole('button', { name: 'Save' }).click();
  await expect(panel.getByRole('region', { name: 'What this changes' })).toBeHidden();
  await panel.getByRole('radio', { name: 'SFTP server' }).check();
  await expect(panel.getByRole('region', { name: 'What this changes' })).toContainText('S3 stops; runs go to sftp.acme.example.');
  await panel.getByRole('button', { name: 'Save' }).click();
  await expect(panel.getByRole('listitem').first()).toHaveText('sftp://sftp.acme.example/in/');
});

test('nothing of data packs hangs over the edge of a small screen @mock', async ({ page: tab }) => {
  await tab.setViewportSize({ width: 320, height: 800 });
  await signIn(tab, page);
  for (const address of [page, `${page}/packs/orders`, `${page}/destination`]) {
    await tab.goto(address);
    await expect(tab.getByRole('main').getByText(/sftp:\/\/sftp\.acme\.example/).first()).toBeVisible();
    expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    await shot(tab, `320-packs-${address.split('/').at(-1) ?? ''}`);
  }
});

test('the bucket is disconnected again @mock', async ({ page: tab }) => {
  await signIn(tab, `${integrations}/s3`);
  await tab.getByRole('button', { name: 'Disconnect' }).click();
  await tab.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
  await expect(tab.getByRole('button', { name: 'Connect', exact: true })).toBeVisible();
});

import type { Page } from '@playwright/test';
import { expect, integrations, isReal, look, shot, signIn, test } from './support.ts';

// Needs an organization with the S3 integration enabled; leaves it without a destination.
test.describe.configure({ mode: 'serial' });

const page = `${integrations}/s3`;

test('the list of integrations leads to S3', async ({ page: tab }) => {
  await signIn(tab, integrations);
  const card = tab.getByRole('listitem').filter({ hasText: 'Amazon S3' });
  await expect(card).toContainText(/Not connected|Connected/);
  await shot(tab, 'integrations');
  await card.getByRole('link', { name: 'Amazon S3' }).click();
  await expect(tab).toHaveURL(new RegExp(`${page}$`));
});

const policyRegion = (tab: Page) => tab.getByRole('region', { name: 'Set up' });

test('step 1: the policy has the values typed, and Next waits for the tick', async ({ page: tab }) => {
  await signIn(tab, page);
  await tab.getByRole('button', { name: 'Connect', exact: true }).click();
  const next = tab.getByRole('button', { name: 'Next', exact: true });
  const tick = tab.getByRole('checkbox', { name: 'I have read and followed the steps mentioned above' });
  await expect(next).toBeDisabled();
  await expect(tick).toBeDisabled();
  await tab.getByRole('textbox', { name: 'S3 Bucket Name' }).fill('Not A Bucket');
  await expect(tab.getByText(/3 to 63 lower-case letters/)).toBeVisible();
  await expect(tab.getByRole('button', { name: 'Save and show the policy' })).toBeDisabled();
  await tab.getByRole('textbox', { name: 'S3 Bucket Name' }).fill('acme-denied-logs');
  await tab.getByRole('combobox', { name: 'Region' }).selectOption('eu-central-1');
  await tab.getByRole('textbox', { name: 'File path' }).fill('audit');
  // A real server may have no common role.
  if (isReal) {
    await tab.getByRole('radio', { name: 'A role of your own account' }).check();
    await tab.getByRole('textbox', { name: 'Your role' }).fill('arn:aws:iam::123456789012:role/audit-log-writer');
  }
  await shot(tab, 's3-wizard-1-empty');
  await tab.getByRole('button', { name: 'Save and show the policy' }).click();
  const policy = JSON.parse((await policyRegion(tab).getByLabel('Text: Policy', { exact: true }).textContent()) ?? '') as { Statement: unknown[] };
  expect(JSON.stringify(policy)).toContain('arn:aws:s3:::acme-denied-logs');
  await policyRegion(tab).getByRole('tab', { name: 'Terraform' }).click();
  await expect(policyRegion(tab).getByLabel('Text: Terraform', { exact: true })).toBeVisible();
  await expect(next).toBeDisabled();
  await tick.check();
  await expect(next).toBeEnabled();
  await look(tab, 's3-wizard-1');
  await tab.getByRole('textbox', { name: 'File path' }).fill('other');
  await expect(next).toBeDisabled();
});

test('it goes on where it was left; a validation that fails names the check and the change @mock', async ({ page: tab }) => {
  await signIn(tab, page);
  const save = tab.getByRole('button', { name: 'Save & Next' });
  await expect(save).toBeDisabled();
  await tab.getByRole('textbox', { name: 'Account id' }).fill('123456789012');
  await tab.getByRole('button', { name: 'Validate' }).click();
  const checks = tab.getByRole('list', { name: 'Checks' });
  await expect(checks).toContainText('Works: List the bucket (s3:ListBucket)');
  await expect(checks).toContainText('Fails: Write an object (s3:PutObject)');
  await expect(checks).toContainText('What to do: Add s3:PutObject for arn:aws:s3:::acme-denied-logs/audit/*');
  await expect(checks.getByLabel('The smallest change that would do it')).toContainText('TrailkeeperPut');
  await expect(save).toBeDisabled();
  await look(tab, 's3-wizard-2-failed');
});

test('changing a value takes the validation back; Finish begins to deliver @mock', async ({ page: tab }) => {
  await signIn(tab, page);
  const save = tab.getByRole('button', { name: 'Save & Next' });
  await tab.getByRole('textbox', { name: 'S3 Bucket Name' }).fill('acme-broken-logs');
  await expect(tab.getByRole('list', { name: 'Checks' })).toBeHidden();
  await tab.getByRole('button', { name: 'Validate' }).click();
  await expect(tab.getByText('All checks passed.')).toBeVisible();
  await expect(save).toBeEnabled();
  await tab.getByRole('textbox', { name: 'Account id' }).fill('999999999999');
  await expect(save).toBeDisabled();
  await tab.getByRole('button', { name: 'Validate' }).click();
  await save.click();
  await tab.getByRole('button', { name: 'Leave data packs where they are' }).click();
  await tab.getByRole('radio', { name: 'Daily' }).check();
  await tab.getByRole('button', { name: 'Advanced: form, compression, encryption' }).click();
  await tab.getByRole('combobox', { name: 'Form' }).selectOption('ocsf');
  await look(tab, 's3-wizard-3');
  await tab.getByRole('button', { name: 'Finish' }).click();
  await expect(tab.getByText('Delivery has stopped until you act.')).toBeVisible();
  const deliveries = tab.getByRole('region', { name: 'Deliveries' }).first();
  await expect(deliveries.getByRole('row').nth(2)).toContainText('AccessDenied on PutObject.');
  await shot(tab, 's3-needs-you');
  await expect(tab.getByRole('status').first()).toContainText(/Since .* UTC\..*Nothing is lost until/);
  await deliveries.getByRole('button', { name: /^none yet/ }).first().click();
  await expect(deliveries).toContainText('What to do');
  await expect(deliveries).toContainText('7QJ2M8X');
  await deliveries.getByRole('button', { name: /^1 file and manifest/ }).first().click();
  await expect(deliveries).toContainText(/audit\/audit_logs\/dt=\d{4}-\d\d-\d\d\/hour=\d\d\/000001-\d{20}-\d{20}\.jsonl\.gz/);
  await look(tab, 's3-deliveries');
});

test('tries now, pauses and resumes @mock', async ({ page: tab }) => {
  await signIn(tab, page);
  await tab.getByRole('button', { name: 'Try now' }).click();
  await expect(tab.getByText('Healthy.')).toBeVisible();
  await look(tab, 's3-healthy');
  await tab.getByRole('button', { name: 'Pause' }).click();
  await expect(tab.getByText('Paused.')).toBeVisible();
  await tab.getByRole('button', { name: 'Resume' }).click();
  await expect(tab.getByText('Healthy.')).toBeVisible();
});

test('the timeline has a cell a window, reached by arrow keys; a past one is delivered again @mock', async ({ page: tab }) => {
  await signIn(tab, page);
  const cells = tab.getByRole('group', { name: /^Windows/ });
  await expect(cells.getByRole('button')).toHaveCount(100);
  await expect(cells.getByRole('button', { name: /delivered late/ })).toHaveCount(1);
  await expect(cells.getByRole('button', { name: /nothing in it, 0 entries/ })).toHaveCount(1);
  await cells.getByRole('button').last().focus();
  await tab.keyboard.press('ArrowLeft');
  await expect(cells.getByRole('button').nth(98)).toBeFocused();
  await tab.keyboard.press('Enter');
  const detail = tab.getByRole('region', { name: /^Window / });
  await expect(detail).toContainText('SHA-256');
  await look(tab, 's3-timeline');
  await detail.getByRole('button', { name: 'Redeliver' }).click();
  const dialog = tab.getByRole('dialog', { name: 'Redeliver this window' });
  await expect(dialog).toContainText('s3://acme-broken-logs/audit/replay/');
  await dialog.getByRole('button', { name: 'Redeliver' }).click();
  await expect(detail.getByRole('status')).toHaveText(/Begun/);
  await expect(tab.getByRole('region', { name: 'Deliveries' }).first().getByRole('row').nth(1)).toContainText('Repeated');
});

test('a backfill begins with a day and says how far it is @mock', async ({ page: tab }) => {
  await signIn(tab, page);
  const panel = tab.getByRole('region', { name: 'Backfill' });
  await expect(panel.getByRole('button', { name: 'Begin' })).toBeDisabled();
  await panel.getByLabel('From the UTC day').fill('2026-01-01');
  await panel.getByRole('button', { name: 'Begin' }).click();
  await expect(panel.getByRole('status')).toContainText('Running.');
  await expect(panel.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '40');
  await shot(tab, 's3-backfill');
});

test('a filter is tried on the last day before it is saved @mock', async ({ page: tab }) => {
  await signIn(tab, page);
  await tab.getByRole('tab', { name: 'Settings' }).click();
  await expect(tab).toHaveURL(/tab=settings/);
  const panel = tab.getByRole('region', { name: 'Filter' });
  await expect(panel.getByRole('button', { name: 'Save the filter' })).toBeDisabled();
  await panel.getByRole('checkbox', { name: 'Sign-in' }).check();
  await panel.getByRole('combobox', { name: 'Areas' }).fill('Sign-in');
  await panel.getByRole('button', { name: 'Add to areas' }).click();
  await panel.getByRole('combobox', { name: 'Actions' }).fill('user.signed_in');
  await tab.keyboard.press('Enter');
  await panel.getByRole('button', { name: 'Try it on the last full day' }).click();
  await expect(panel.getByRole('status').first()).toHaveText(/^Of the [\d,]+ entries of .* \(UTC\), [\d,]+ would have gone out and [\d,]+ not: .* before compression\.$/);
  await look(tab, 's3-filter');
  await panel.getByRole('button', { name: 'Remove user.signed_in' }).click();
  await panel.getByRole('button', { name: 'Save the filter' }).click();
  await expect(panel.getByText('Saved. It holds from the next window on.')).toBeVisible();
  await tab.reload();
  await expect(panel.getByRole('checkbox', { name: 'Sign-in' })).toBeChecked();
  await expect(panel.getByRole('list', { name: 'Areas' })).toContainText('Sign-in');
  await panel.getByRole('button', { name: 'No filter' }).click();
  await panel.getByRole('button', { name: 'Save the filter' }).click();
  await expect(panel.getByRole('button', { name: 'No filter' })).toBeHidden();
});

test('another path is not in use before it was validated and activated @mock', async ({ page: tab }) => {
  await signIn(tab, `${page}?tab=settings`);
  await tab.getByRole('textbox', { name: 'File path' }).fill('archive');
  await tab.getByRole('radio', { name: 'Hourly' }).check();
  await tab.getByRole('combobox', { name: 'Form' }).selectOption('jsonl');
  await tab.getByRole('button', { name: 'Save changes' }).click();
  await expect(tab.getByText('These values are not in use yet')).toBeVisible();
  await look(tab, 's3-pending');
  await tab.getByRole('button', { name: 'Validate' }).click();
  await tab.getByRole('button', { name: 'Activate' }).click();
  await expect(tab.getByText('These values are not in use yet')).toBeHidden();
});

test('each reader’s settings have the customer’s own bucket and path @mock', async ({ page: tab }) => {
  await signIn(tab, `${page}?tab=readers`);
  const panel = tab.getByRole('region', { name: 'Use it in…' });
  await expect(panel).toContainText('bucket_name = acme-broken-logs');
  await expect(panel).toContainText('key_name = archive/audit_logs/');
  await look(tab, 's3-readers');
  for (const reader of ['Elastic', 'Microsoft Sentinel', 'Panther', 'Datadog', 'Athena']) {
    await panel.getByText(reader, { exact: true }).first().click();
    await expect(panel.getByRole('heading', { name: reader, level: 3 })).toBeVisible();
    await expect(panel).toContainText('archive/audit_logs/');
    await expect(panel).not.toContainText('acme-logs');
  }
  await expect(tab).toHaveURL(/reader=athena/);
  await expect(panel).toContainText("LOCATION 's3://acme-broken-logs/archive/audit_logs/'");
});

test('nothing of it hangs over the edge of a small screen @mock', async ({ page: tab }) => {
  await tab.setViewportSize({ width: 320, height: 800 });
  await signIn(tab, page);
  for (const name of ['Deliveries', 'Settings', 'Permissions', 'Use it in…']) {
    await tab.getByRole('tab', { name }).click();
    await expect(tab.getByRole('tabpanel', { name })).toBeVisible();
    expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    await shot(tab, `320-s3-${name}`);
  }
});

test('a field that the server refuses says so at the field @mock', async ({ page: tab }) => {
  await signIn(tab, `${page}?tab=settings`);
  await tab.getByRole('textbox', { name: 'S3 Bucket Name' }).fill('taken');
  await tab.getByRole('button', { name: 'Save changes' }).click();
  await expect(tab.getByText('This bucket name is reserved.')).toBeVisible();
});

test('disconnects after asking', async ({ page: tab }) => {
  await signIn(tab, page);
  await tab.getByRole('button', { name: /^(Disconnect|Discard draft)$/ }).click();
  await tab.getByRole('dialog').getByRole('button', { name: /^(Disconnect|Discard draft)$/ }).click();
  await expect(tab.getByRole('button', { name: 'Connect', exact: true })).toBeVisible();
});

test('what a disconnected bucket got stays to be seen @mock', async ({ page: tab }) => {
  await signIn(tab, page);
  await tab.getByRole('button', { name: /^Deliveries to s3:\/\/acme-broken-logs/ }).click();
  await expect(tab.getByRole('region', { name: 'Deliveries' }).first().getByRole('row').nth(2)).toContainText('Delivered');
});

test('of several destinations each is shown with its state @mock', async ({ page: tab }) => {
  await signIn(tab, page);
  const { csrf_token: token } = (await (await tab.request.get('/v1/sessions/current')).json()) as { csrf_token: string };
  const headers = { 'X-CSRF-Token': token };
  for (const bucket of ['acme-one', 'acme-two']) {
    const address = `/v1/orgs/acme/integrations/s3/s3-${bucket}`;
    await tab.request.put(address, { data: { bucket, region: 'eu-central-1', frequency: 'daily' }, headers });
    await tab.request.post(`${address}/validate`, { headers });
    await tab.request.post(`${address}/activate`, { headers });
  }
  await tab.reload();
  const table = tab.getByRole('region', { name: 'Destinations' }).first();
  await expect(table.getByRole('row').nth(1)).toContainText('shown below');
  await table.getByRole('button', { name: 'Show s3://acme-two/trailkeeper/' }).click();
  await expect(tab).toHaveURL(/destination=s3-acme-two/);
  await expect(table.getByRole('row').nth(2)).toContainText('shown below');
  await look(tab, 's3-several');
  for (const bucket of ['acme-one', 'acme-two']) await tab.request.delete(`/v1/orgs/acme/integrations/s3/s3-${bucket}`, { headers });
});

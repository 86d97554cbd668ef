import type { Page } from '@playwright/test';
import { expect, integrations, isReal, shot, signIn, test } from './support.ts';

// Needs an organisation with the S3 integration enabled; leaves it without a destination.
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
  await shot(tab, 's3-wizard-1');
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
  await shot(tab, 's3-wizard-2-failed');
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
  await tab.getByRole('radio', { name: 'Daily' }).check();
  await tab.getByRole('button', { name: 'Advanced: form, compression, encryption' }).click();
  await tab.getByRole('combobox', { name: 'Form' }).selectOption('ocsf');
  await shot(tab, 's3-wizard-3');
  await tab.getByRole('button', { name: 'Finish' }).click();
  await expect(tab.getByText('Delivery has stopped until you act.')).toBeVisible();
  const deliveries = tab.getByRole('region', { name: 'Deliveries' }).first();
  await expect(deliveries.getByRole('row').nth(2)).toContainText('AccessDenied on PutObject.');
  await shot(tab, 's3-needs-you');
  await deliveries.getByRole('button', { name: /^1 file and manifest/ }).first().click();
  await expect(deliveries).toContainText(/audit\/audit_logs\/dt=\d{4}-\d\d-\d\d\/hour=\d\d\/000001-\d{20}-\d{20}\.jsonl\.gz/);
  await shot(tab, 's3-deliveries');
});

test('tries now, pauses and resumes @mock', async ({ page: tab }) => {
  await signIn(tab, page);
  await tab.getByRole('button', { name: 'Try now' }).click();
  await expect(tab.getByText('Healthy.')).toBeVisible();
  await shot(tab, 's3-healthy');
  await tab.getByRole('button', { name: 'Pause' }).click();
  await expect(tab.getByText('Paused.')).toBeVisible();
  await tab.getByRole('button', { name: 'Resume' }).click();
  await expect(tab.getByText('Healthy.')).toBeVisible();
});

test('a field that the server refuses says so at the field @mock', async ({ page: tab }) => {
  await signIn(tab, page);
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

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

test('a draft shows the principal and the policy with the values typed', async ({ page: tab }) => {
  await signIn(tab, page);
  await tab.getByRole('button', { name: 'Connect', exact: true }).click();
  await tab.getByRole('textbox', { name: 'S3 Bucket Name' }).fill('Not A Bucket');
  await expect(tab.getByText(/3 to 63 lower-case letters/)).toBeVisible();
  await expect(tab.getByRole('button', { name: 'Save draft' })).toBeDisabled();
  await tab.getByRole('textbox', { name: 'S3 Bucket Name' }).fill('acme-denied-logs');
  await tab.getByRole('combobox', { name: 'Region' }).selectOption('eu-central-1');
  await tab.getByRole('textbox', { name: 'Account id' }).fill('123456789012');
  await tab.getByRole('textbox', { name: 'File path' }).fill('audit');
  // A real server may have no common role.
  if (isReal) await tab.getByRole('textbox', { name: /Your own role/ }).fill('arn:aws:iam::123456789012:role/audit-log-writer');
  await shot(tab, 's3-connect');
  await tab.getByRole('button', { name: 'Save draft' }).click();
  await expect(tab.getByText('Saved.')).toBeVisible();
  const permissions = tab.getByRole('region', { name: 'Permissions' });
  await expect(permissions).toContainText(/tk-[a-z2-7]{26}/);
  const policy = JSON.parse((await permissions.getByLabel('Bucket policy', { exact: true }).textContent()) ?? '') as { Statement: unknown[] };
  expect(JSON.stringify(policy)).toContain('arn:aws:s3:::acme-denied-logs');
  expect(policy.Statement.length).toBeGreaterThan(0);
  await shot(tab, 's3-draft');
});

test('a validation that fails names each check and what to do @mock', async ({ page: tab }) => {
  await signIn(tab, page);
  await tab.getByRole('button', { name: 'Validate' }).click();
  const checks = tab.getByRole('list', { name: 'Checks' });
  await expect(checks).toContainText('Works: List the bucket (s3:ListBucket)');
  await expect(checks).toContainText('Fails: Write an object (s3:PutObject, s3:PutObjectAcl)');
  await expect(checks).toContainText('What to do: Add s3:PutObject for arn:aws:s3:::acme-denied-logs/audit/*');
  await expect(tab.getByRole('button', { name: 'Activate' })).toBeDisabled();
  await tab.getByRole('region', { name: 'Validation' }).scrollIntoViewIfNeeded();
  await shot(tab, 's3-checks-failed');
});

test('changing a value takes the validation back; after one that passes it activates @mock', async ({ page: tab }) => {
  await signIn(tab, page);
  await tab.getByRole('textbox', { name: 'S3 Bucket Name' }).fill('acme-broken-logs');
  await expect(tab.getByRole('list', { name: 'Checks' })).toBeHidden();
  await expect(tab.getByRole('button', { name: 'Validate' })).toBeDisabled();
  await tab.getByRole('button', { name: 'Save draft' }).click();
  await tab.getByRole('button', { name: 'Validate' }).click();
  await expect(tab.getByText('All checks passed: activate to start delivering.')).toBeVisible();
  await tab.getByRole('button', { name: 'Activate' }).click();
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

import { admin, auditLogs, entries, expect, member, shot, signIn, test } from './support.ts';

test('a signed-out person is led to the sign-in page and back to where they wanted', async ({ page }) => {
  await page.goto(`${auditLogs}?category=authentication`);
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await shot(page, 'sign-in');
  await page.getByRole('textbox', { name: 'Email' }).fill(admin.email);
  await page.getByLabel('Password', { exact: true }).fill(admin.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/settings\/audit-logs\?category=authentication/);
  await expect(page.getByRole('button', { name: 'Sign-ins' })).toHaveAttribute('aria-pressed', 'true');
});

test('a wrong password is refused without a word on which part was wrong', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByRole('textbox', { name: 'Email' }).fill(admin.email);
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toContainText('The email or the password is wrong.');
  await expect(page).toHaveURL(/\/sign-in/);
  await shot(page, 'sign-in-refused');
});

test('next never leads to another origin', async ({ page, baseURL }) => {
  await signIn(page, '/sign-in?next=%2F%2Fevil.example%2Fx');
  expect(new URL(page.url()).origin).toBe(new URL(baseURL ?? '').origin);
  await expect(page.getByRole('heading', { name: 'Audit Logs', level: 1 })).toBeVisible();
});

test('the gear leads to Settings, Security and Compliance, Audit Logs', async ({ page }) => {
  await signIn(page, '/');
  await page.getByRole('link', { name: 'Settings', exact: true }).click();
  const nav = page.getByRole('navigation', { name: 'Settings' });
  await expect(nav).toContainText('Security and Compliance');
  await nav.getByRole('link', { name: 'Audit Logs' }).click();
  await expect(page).toHaveURL(new RegExp(`${auditLogs}$`));
});

test('signing out ends the session', async ({ page }) => {
  await signIn(page, auditLogs);
  await expect(entries(page).first()).toBeVisible();
  await page.getByRole('button', { name: /, account$/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto(auditLogs);
  await expect(page).toHaveURL(/\/sign-in/);
});

test('a session that ends on the server leads to the sign-in page', async ({ page, context }) => {
  await signIn(page, auditLogs);
  await expect(entries(page).first()).toBeVisible();
  await context.clearCookies();
  await expect(page).toHaveURL(/\/sign-in\?next=/);
});

test('a member sees that audit logs are not theirs', async ({ page }) => {
  test.skip(member.email === '', 'no member given');
  await signIn(page, auditLogs, member);
  await expect(page.getByText('Audit Logs are for primary admins and admins')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Download' })).toBeHidden();
  await shot(page, 'not-allowed');
});

test('another organization does not exist', async ({ page }) => {
  await signIn(page, '/orgs/someone-elses/settings/audit-logs');
  await expect(page.getByText('There is nothing here')).toBeVisible();
});

test('an organization without audit logs sees how to ask @mock', async ({ page }) => {
  await signIn(page, auditLogs);
  await page.getByRole('button', { name: /Organization Acme, switch/ }).click();
  await page.getByRole('menuitem', { name: 'Globex' }).click();
  await expect(page.getByText('Audit Logs are not enabled for Globex')).toBeVisible();
  await shot(page, 'not-enabled');
  await page.getByRole('link', { name: 'Integrations' }).click();
  await page.getByRole('link', { name: 'Amazon S3' }).click();
  await expect(page.getByText('its own AWS S3 bucket')).toBeVisible();
  await shot(page, 's3-not-enabled');
});

test('a page that the server could not answer for comes by itself once it can', async ({ page }) => {
  await signIn(page, auditLogs);
  await page.route('**/v1/sessions/current', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"code":"unavailable","status":503}' }));
  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name: 'The service is not available for the moment.' })).toBeVisible();
  await page.unroute('**/v1/sessions/current');
  await expect(entries(page).first()).toBeVisible({ timeout: 30_000 });
});

test('a role that was taken away meanwhile shows with the next question', async ({ page }) => {
  await signIn(page, auditLogs);
  await expect(entries(page).first()).toBeVisible();
  await page.route(/\/v1\/orgs\/[^/]+\/events\?/, (route) => route.fulfill({ status: 403, contentType: 'application/problem+json', body: '{"code":"forbidden","status":403}' }));
  await page.route('**/v1/sessions/current', async (route) => {
    const answer = await route.fetch();
    const session = (await answer.json()) as { orgs: { role: string }[] };
    await route.fulfill({ response: answer, json: { ...session, orgs: session.orgs.map((item) => ({ ...item, role: 'member' })) } });
  });
  await page.getByRole('button', { name: 'Sign-ins' }).click();
  await expect(page.getByRole('heading', { name: 'Audit Logs are for primary admins and admins' })).toBeVisible();
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});

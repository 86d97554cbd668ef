import type { Page } from '@playwright/test';
import { admin, auditLogs, entries, expect, isReal, look, org, overhang, signIn, test } from './support.ts';

const people = `/orgs/${org}/settings/people`;
const cover = (page: Page) => page.getByRole('dialog', { name: 'Sign in again' });
const invitation = (page: Page) => page.getByRole('dialog', { name: 'Invite a person' });
const typedEmail = 'quill@acme.example';

// A person who has typed an email when the session ends, which the button finds out.
async function endWhileTyping(page: Page, who = admin, email = typedEmail): Promise<void> {
  await signIn(page, people, who);
  await page.getByRole('button', { name: 'Invite a person' }).click();
  await invitation(page).getByLabel('Email').fill(email);
  await page.context().clearCookies();
  await invitation(page).getByRole('button', { name: 'Send the invitation' }).click();
  await expect(cover(page)).toBeVisible();
}

test('unsaved text outlives the session: the same person signs in on the page, and presses the button again', async ({ page }) => {
  // Nobody's yet: a real server mails it.
  const email = `quill-${Date.now()}@acme.example`;
  await endWhileTyping(page, admin, email);
  await expect(cover(page).getByLabel('Email')).toHaveValue(admin.email);
  await expect(cover(page).getByLabel('Email')).toHaveAttribute('readonly');
  await expect(cover(page).getByLabel('Password', { exact: true })).toBeFocused();
  // Neither Escape nor a shortcut reaches what is below.
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await expect(cover(page)).toBeVisible();
  const sent: string[] = [];
  page.on('request', (request) => sent.push(`${request.method()} ${new URL(request.url()).pathname}`));
  await cover(page).getByLabel('Password', { exact: true }).fill('not the password');
  await cover(page).getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(cover(page).getByRole('alert')).toContainText('The email or the password is wrong.');
  // Meanwhile nothing of the session's is asked for.
  expect(sent.filter((call) => call.includes('/orgs/'))).toEqual([]);
  await cover(page).getByLabel('Password', { exact: true }).fill(admin.password);
  await cover(page).getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(cover(page)).toBeHidden();
  await expect(invitation(page).getByLabel('Email')).toHaveValue(email);
  expect(sent.filter((call) => call.startsWith('POST') && call.includes('/invitations'))).toEqual([]);
  await invitation(page).getByRole('button', { name: 'Send the invitation' }).click();
  await expect(invitation(page).getByRole('status')).toContainText(`The invitation to ${email} is on its way.`);
});

test('what is kept is kept in no storage', async ({ page }) => {
  await endWhileTyping(page);
  const stored = await page.evaluate(() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie, history.state, location.href]));
  expect(stored).not.toContain(typedEmail);
});

test('the page asks for nothing while it waits, and shows nothing', async ({ page }) => {
  await signIn(page, auditLogs);
  await expect(entries(page).first()).toBeVisible();
  await page.getByRole('button', { name: 'Download' }).click();
  const download = page.getByRole('dialog', { name: 'Download' });
  await expect(download).toBeVisible();
  const box = download.getByRole('radio', { name: /JSON Lines/ });
  await box.check();
  await page.context().clearCookies();
  // The live view of the page below finds out.
  await expect(cover(page)).toBeVisible();
  const covered = await page.evaluate(() => {
    const points = [0.05, 0.5, 0.95].flatMap((x) => [0.05, 0.5, 0.95].map((y) => document.elementFromPoint(innerWidth * x, innerHeight * y)));
    return points.every((element) => element?.closest('dialog') != null);
  });
  expect(covered).toBe(true);
});

test('somebody else begins anew', async ({ page }) => {
  await endWhileTyping(page);
  await cover(page).getByRole('button', { name: /^Sign in as somebody else/ }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await expect(page.getByRole('textbox', { name: 'Email' })).toHaveValue('');
  await page.goBack().catch(() => undefined);
  await expect(page.getByText(typedEmail)).toHaveCount(0);
});

test('without unsaved text the way leads over the sign-in page', async ({ page }) => {
  await signIn(page, people);
  await page.getByRole('button', { name: 'Invite a person' }).click();
  await invitation(page).getByLabel('Email').fill(typedEmail);
  await invitation(page).getByRole('button', { name: 'Cancel' }).click();
  await expect(invitation(page)).toBeHidden();
  await page.context().clearCookies();
  await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Audit Logs' }).click();
  await expect(page).toHaveURL(/\/sign-in\?next=/);
});

// The mock's people: a second factor, and two who sign in elsewhere.
const tia = { ...admin, email: 'tia@acme.example' };
const sso = { ...admin, email: 'sue@mixed.sso.example' };

test('a second factor is asked for again @mock', async ({ page }) => {
  test.skip(isReal);
  await page.goto(people);
  await page.getByRole('textbox', { name: 'Email' }).fill(tia.email);
  await page.getByLabel('Password', { exact: true }).fill(tia.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('Code').fill('123456');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Invite a person' }).click();
  await invitation(page).getByLabel('Email').fill(typedEmail);
  await page.context().clearCookies();
  await invitation(page).getByRole('button', { name: 'Send the invitation' }).click();
  await cover(page).getByLabel('Password', { exact: true }).fill(tia.password);
  await cover(page).getByRole('button', { name: 'Sign in', exact: true }).click();
  await cover(page).getByRole('textbox', { name: 'Code' }).fill('000000');
  await cover(page).getByRole('button', { name: 'Continue' }).click();
  await expect(cover(page).getByRole('alert')).toBeVisible();
  await cover(page).getByRole('textbox', { name: 'Code' }).fill('123456');
  await look(page, 'again-second-factor');
  await cover(page).getByRole('button', { name: 'Continue' }).click();
  await expect(cover(page)).toBeHidden();
  await expect(invitation(page).getByLabel('Email')).toHaveValue(typedEmail);
});

test('who signs in at a provider does so in another tab, and the page finds out @mock', async ({ page, context }) => {
  await endWhileTyping(page, sso);
  const provider = cover(page).getByRole('link', { name: 'Continue with mixed.sso.example' });
  await expect(provider).toHaveAttribute('target', '_blank');
  await look(page, 'again-provider');
  await cover(page).getByRole('button', { name: 'I have signed in' }).click();
  await expect(cover(page).getByRole('status')).toContainText('Nobody is signed in yet.');
  const other = await context.newPage();
  await signIn(other, '/', sso);
  await other.close();
  await page.bringToFront();
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await expect(cover(page)).toBeHidden();
  await expect(invitation(page).getByLabel('Email')).toHaveValue(typedEmail);
  // With the token of the new session.
  await invitation(page).getByRole('button', { name: 'Send the invitation' }).click();
  await expect(invitation(page).getByRole('status')).toContainText('is on its way');
});

test('another person who signs in beside it finds nothing of the first one @mock', async ({ page, context }) => {
  await endWhileTyping(page);
  const other = await context.newPage();
  await signIn(other, '/', { ...admin, email: 'op@vendor.example' });
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await expect(page.getByRole('heading', { level: 1, name: 'Organizations' })).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('signing out in another window takes the text of this one with it', async ({ page, context }) => {
  await signIn(page, people);
  await page.getByRole('button', { name: 'Invite a person' }).click();
  await invitation(page).getByLabel('Email').fill(typedEmail);
  const other = await context.newPage();
  await other.goto(people);
  await other.getByRole('button', { name: /, account$/ }).click();
  await other.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await expect(page.getByText(typedEmail)).toHaveCount(0);
});

test('the cover in light and dark, and at 320 px @mock', async ({ page }) => {
  await endWhileTyping(page);
  await look(page, 'again');
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await overhang(page)).toBe(0);
  await look(page, 'again-320');
});

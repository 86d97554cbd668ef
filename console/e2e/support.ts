import AxeBuilder from '@axe-core/playwright';
import { expect, test as base, type APIRequestContext, type Cookie, type Locator, type Page } from '@playwright/test';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

export const isReal = process.env['BASE_URL'] !== undefined;
export const org = process.env['E2E_ORG'] ?? 'acme';
export const admin = {
  email: process.env['E2E_EMAIL'] ?? 'ann@acme.example',
  password: process.env['E2E_PASSWORD'] ?? 'correct horse battery',
};
export const member = {
  email: process.env['E2E_MEMBER_EMAIL'] ?? (isReal ? '' : 'mia@acme.example'),
  password: process.env['E2E_MEMBER_PASSWORD'] ?? (isReal ? '' : 'correct horse battery'),
};

export const auditLogs = `/orgs/${org}/settings/audit-logs`;
export const integrations = `/orgs/${org}/settings/integrations`;

// Every test fails on what the browser would only mutter about: exceptions, blocked styles and scripts, and
// requests to another host.
export const test = base.extend<{ watch: undefined }>({
  // The mock server of this worker.
  baseURL: async ({ baseURL }, use, { parallelIndex }) => {
    await use(new URL((isReal ? baseURL : process.env[`MOCK_${parallelIndex}`]) ?? '').origin);
  },
  watch: [
    async ({ page, baseURL }, use) => {
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        if (/content security policy|refused to/i.test(message.text())) complaints.push(message.text());
      });
      page.on('request', (request) => {
        const { protocol, origin } = new URL(request.url());
        if (protocol.startsWith('http') && origin !== new URL(baseURL ?? '').origin) complaints.push(`request to ${request.url()}`);
      });
      await use(undefined);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

export async function signIn(page: Page, to: string, who = admin): Promise<void> {
  await page.goto(to);
  await page.getByRole('textbox', { name: 'Email' }).fill(who.email);
  await page.getByLabel('Password', { exact: true }).fill(who.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).not.toHaveURL(/\/sign-in/);
}

let cookies: Cookie[] = [];

// The admin at a page, signed in once for all tests of a run.
export async function open(page: Page, to: string): Promise<void> {
  if (cookies.length > 0) await page.context().addCookies(cookies);
  await page.goto(to);
  const signedOut = page.getByLabel('Password', { exact: true });
  await expect(signedOut.or(page.getByRole('main')).first()).toBeVisible();
  if (!(await signedOut.isVisible())) return;
  await signIn(page, page.url());
  cookies = await page.context().cookies();
}

// Nobody of the made-up data: what is typed from this name finds what a test has sent, and nothing else.
export const sender = { id: 'u_live', name: "Quenby O'Néil-Ƶ (Ops.)", username: 'quenby', email: 'quenby@acme.example' };

// An entry that happens now, as an application sends it; there when it can be searched. Tests that need an entry of some
// kind send it: what the made-up data has differs from one hour to the next.
export async function send(request: APIRequestContext, event: { action: string; action_label: string } & Record<string, unknown>): Promise<void> {
  const whole = { actor: sender, area: 'Rehearsals', category: 'other', outcome: 'success', context: { ip: '203.0.113.200' }, ...event };
  if (!isReal) {
    const answer = await request.post(`/mock/orgs/${org}/events`, { data: whole });
    expect(answer.ok(), await answer.text()).toBe(true);
    return;
  }
  const headers = { Authorization: `Bearer ${process.env['E2E_KEY'] ?? ''}` };
  const answer = await request.post('/v1/events', { data: { organization_id: org, ...whole }, headers });
  expect(answer.ok(), await answer.text()).toBe(true);
  const { data } = (await answer.json()) as { data: { id: string }[] };
  await expect.poll(async () => (await request.get(`/v1/orgs/${org}/events/${data[0]?.id ?? ''}`, { headers })).status()).toBe(200);
}

export const searchBox = (page: Page) => page.getByRole('combobox', { name: /^Search/ });

// Types a search and waits until the page shows it: not the list that was there before, which stays until the address is read.
export async function search(page: Page, text: string): Promise<void> {
  const before = '[data-before-search]';
  await page.evaluate(() => document.querySelector('[role="table"]')?.setAttribute('data-before-search', ''));
  await searchBox(page).fill(text);
  await searchBox(page).press('Enter');
  await expect(page).toHaveURL((url) => (url.searchParams.get('query') ?? '') === text);
  await expect(page.locator(before)).toHaveCount(0);
  await expect(page.getByRole('status', { name: 'Loading entries' })).toBeHidden();
}

// A tick that the address holds, and not the box itself: it shows once the page has read the address.
export async function tick(box: Locator): Promise<void> {
  await box.click();
  await expect(box).toBeChecked();
}

// What was copied: the clipboard gets it a moment after the click.
export async function expectCopied(page: Page, text: string): Promise<void> {
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(text);
}

// How many pixels hang over the right edge, once nothing moves any more.
export async function overhang(page: Page): Promise<number> {
  await settled(page);
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

// Waits for what moves: a half-faded text has half its contrast. What goes on for ever (a skeleton) is not waited for.
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ending = document.getAnimations().filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map((animation) => animation.finished));
  });
}

// Nothing for axe to find. `only`: some of its rules.
export async function expectAccessible(page: Page, only?: string[]): Promise<void> {
  await settled(page);
  // No page has a frame of another origin in it, which legacy mode would leave out.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] });
  const result = await (only ? axe.withRules(only) : axe).analyze();
  expect(result.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)).toEqual([]);
}

// A state of a page in both themes: everything in light, and in dark what colours can change.
export async function look(page: Page, name: string): Promise<void> {
  await expectAccessible(page);
  await shot(page, `light-${name}`);
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await expectAccessible(page, ['color-contrast', 'link-in-text-block']);
  await shot(page, `dark-${name}`);
  await page.emulateMedia({ colorScheme: 'light' });
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'light');
}

export const entries = (page: Page) => page.getByRole('table', { name: 'Audit log entries' }).getByRole('row').filter({ has: page.getByRole('cell') });

// A picture for people, when E2E_SHOTS names a folder.
export async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env['E2E_SHOTS'];
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
}

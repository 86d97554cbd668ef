import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, test, vi } from 'vitest';
import { adoptSession, forgetSession } from './session';
import type { Session } from './types';

const script = readFileSync(new URL('../../public/first.js', import.meta.url), 'utf8');
const session = {
  person: { id: 'p', email: 'ann@acme.example', name: 'Ann' },
  operator: false,
  orgs: [
    { id: 'acme', name: 'Acme', role: 'admin', entitlements: { audit_logs: true, data_packs: false, s3: false }, viewing_window_days: 30 },
    { id: 'globex', name: 'Globex', role: 'member', entitlements: { audit_logs: true, data_packs: false, s3: false }, viewing_window_days: 30 },
  ],
  csrf_token: 'c',
  expires_at: '2026-11-23T00:00:00Z',
} as Session;

function storage() {
  const kept = new Map<string, string>();
  return { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) };
}

// What the script asks for before any answer has come.
function askedAt(pathname: string, localStorage: ReturnType<typeof storage>): string[] {
  const asked: string[] = [];
  const window = { location: { pathname, search: '' } };
  const document = { documentElement: { setAttribute: () => undefined } };
  const fetch = (address: string) => (asked.push(address), new Promise(() => undefined));
  runInNewContext(script, { window, document, localStorage, URLSearchParams, fetch, matchMedia: () => ({ matches: false }) });
  return asked;
}

afterEach(() => vi.unstubAllGlobals());

test('a log that was open to the person lately is asked for together with the session, any other after it', () => {
  const kept = storage();
  vi.stubGlobal('localStorage', kept);
  const log = (org: string) => `/orgs/${org}/settings/audit-logs`;
  expect(askedAt(log('acme'), kept)).toEqual(['/v1/sessions/current']);
  adoptSession(session);
  expect(askedAt(log('acme'), kept)).toEqual(['/v1/sessions/current', '/v1/orgs/acme/events']);
  expect(askedAt(log('globex'), kept)).toEqual(['/v1/sessions/current']);
  expect(askedAt('/orgs/acme/settings/people', kept)).toEqual(['/v1/sessions/current']);
  forgetSession();
  expect(askedAt(log('acme'), kept)).toEqual(['/v1/sessions/current']);
});

import { describe, expect, it } from 'vitest';
import { isServerPath, safeNext } from './safe-next';

describe('safeNext', () => {
  it.each(['/orgs/acme/settings/audit-logs?q=a%20b#x', '/v1/orgs/acme/exports/1/file'])('keeps %s', (path) => {
    expect(safeNext(path)).toBe(path);
  });
  it.each([
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    'orgs/acme',
    '/a\\b',
    '/sign-in?next=/sign-in',
    '',
    undefined,
    42,
    `/${'a'.repeat(3000)}`,
  ])('refuses %j', (path) => {
    expect(safeNext(path)).toBe('/');
  });
  it.each(['/..//evil.example', '/a/../..//evil.example', '/%2e%2e//evil.example'])('does not leave by dots: %s', (path) => {
    expect(safeNext(path)).toBe('/');
  });
});

it('knows what the server serves', () => {
  expect(isServerPath('/v1/orgs/a/exports/1/file')).toBe(true);
  expect(isServerPath('/orgs/a')).toBe(false);
});

import { expect, it } from 'vitest';
import { forcedScheme } from './forced-scheme';

it('only the embedded page is told how to look', () => {
  expect(forcedScheme('/embed/audit-logs', '?theme=dark')).toBe('dark');
  expect(forcedScheme('/embed/audit-logs', '?theme=purple')).toBeNull();
  expect(forcedScheme('/embed/audit-logs', '')).toBeNull();
  expect(forcedScheme('/orgs/acme/settings/audit-logs', '?theme=dark')).toBeNull();
});

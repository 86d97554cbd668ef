import { expect, it } from 'vitest';
import { grantable, mayChange } from './roles';

it('only primary admins make or unmake primary admins', () => {
  expect(grantable('primary_admin')).toContain('primary_admin');
  expect(grantable('admin')).toEqual(['admin', 'member']);
  expect(mayChange('primary_admin', 'primary_admin')).toBe(true);
  expect(mayChange('admin', 'primary_admin')).toBe(false);
  expect(mayChange('admin', 'admin')).toBe(true);
  expect(mayChange('member', 'member')).toBe(false);
});

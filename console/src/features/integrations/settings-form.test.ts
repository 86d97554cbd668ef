import { describe, expect, it } from 'vitest';
import { bodyOf, defaultRegions, emptyForm, formOf, isSame, newDestinationId, problemsOf } from './settings-form';

it('offers 17 regions', () => {
  expect(new Set(defaultRegions).size).toBe(17);
});

it('sends only what is filled in', () => {
  expect(bodyOf({ ...emptyForm, bucket: ' acme-logs ', path: '' })).toEqual({ bucket: 'acme-logs', frequency: 'hourly' });
});

it('reads back what it sent', () => {
  const form = { ...emptyForm, bucket: 'acme-logs', region: 'eu-west-1', frequency: 'daily' as const, role_arn: 'arn:aws:iam::123456789012:role/w' };
  const destination = { id: 'a', state: 'draft' as const, ...bodyOf(form), frequency: form.frequency, auth: { mode: 'customer_role' as const, role_arn: form.role_arn } };
  expect(isSame(formOf(destination), form)).toBe(true);
});

it('does not take the common role for a role of the customer', () => {
  const destination = { id: 'a', state: 'draft' as const, frequency: 'daily' as const, auth: { mode: 'common_role' as const, role_arn: 'arn:aws:iam::1:role/common' } };
  expect(formOf(destination).role_arn).toBe('');
});

describe('problemsOf', () => {
  it('accepts an empty draft and whole values', () => {
    expect(problemsOf(emptyForm)).toEqual({});
    expect(problemsOf({ ...emptyForm, bucket: 'acme.logs-1', account_id: '123456789012', path: 'logs/audit/', role_arn: 'arn:aws:iam::123456789012:role/x/y' })).toEqual({});
  });
  it.each([
    ['bucket', 's3://acme'],
    ['bucket', 'Acme'],
    ['account_id', '1234-5678-9012'],
    ['role_arn', 'arn:aws:iam::123456789012:user/x'],
    ['path', '/audit'],
    ['path', 'a//b'],
    ['path', 'a/../b'],
  ] as const)('says what is wrong with %s %s', (key, value) => {
    expect(Object.keys(problemsOf({ ...emptyForm, [key]: value }))).toEqual([key]);
  });
});

it('makes ids that the API takes', () => {
  expect(newDestinationId()).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
});

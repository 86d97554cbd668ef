import { expect, it } from 'vitest';
import type { SftpServer } from '~/api/types';
import { bodyOf, canKeep, formOf, isWhole } from './sftp-form';

const server: SftpServer = {
  state: 'active', reason: null, detail: null, remedy: null, host: 'sftp.acme.example', port: 22, user: 'acme', path: 'in', auth: { method: 'password' },
  host_key: 'ssh-ed25519 SHA256:x', checks: [], checked_at: null, last_success_at: null, updated_at: '2026-11-23T00:00:00Z',
};

it('keeps the secret of the same server', () => {
  const form = formOf(server);
  expect(isWhole(form, server)).toBe(true);
  expect(bodyOf({ ...form, path: 'other' })).toEqual({ host: 'sftp.acme.example', port: 22, user: 'acme', path: 'other' });
});
it.each([{ host: 'other.example' }, { port: '2222' }, { user: 'else' }])('asks for it anew for %j', (change) => {
  expect(canKeep({ ...formOf(server), ...change }, server)).toBe(false);
  expect(isWhole({ ...formOf(server), ...change }, server)).toBe(false);
});
it('needs a host, a user, a port and a secret', () => {
  const whole = { ...formOf(null), host: 'h', user: 'u', password: 'p' };
  expect(isWhole(whole, null)).toBe(true);
  for (const missing of [{ host: ' ' }, { user: '' }, { password: '' }, { port: '0' }, { port: 'x' }]) expect(isWhole({ ...whole, ...missing }, null)).toBe(false);
});
it('sends the key that was confirmed', () => {
  expect(bodyOf(formOf(server), 'ssh-ed25519 SHA256:y')).toMatchObject({ host_key: 'ssh-ed25519 SHA256:y' });
  expect(bodyOf({ ...formOf(server), method: 'private_key', privateKey: 'KEY', passphrase: 'p' }).auth).toEqual({ private_key: 'KEY', passphrase: 'p' });
});

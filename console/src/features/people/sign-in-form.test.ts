import { expect, it } from 'vitest';
import type { SignInSettings } from '~/api/types';
import { bodyOf, formOf, keepsSecret } from './sign-in-form';

const settings: SignInSettings = {
  configured: true,
  redirect_uri: 'https://logs.example/v1/sign_in/oidc/callback',
  issuer: 'https://login.example',
  client_id: 'console',
  has_client_secret: true,
  allowed_domains: ['acme.example'],
  default_role: 'member',
  required: false,
  last_sign_in_at: null,
};

it('never sends a secret that was not typed', () => {
  expect(bodyOf(formOf(settings))).not.toHaveProperty('client_secret');
  expect(bodyOf({ ...formOf(settings), secret: 's3' }).client_secret).toBe('s3');
  expect(bodyOf({ ...formOf(settings), secret: 's3', isPublic: true }).client_secret).toBeNull();
});

it('knows when the saved secret is no longer the right one', () => {
  const form = formOf(settings);
  expect(keepsSecret(form, settings)).toBe(true);
  expect(keepsSecret({ ...form, clientId: 'other' }, settings)).toBe(false);
  expect(keepsSecret({ ...form, issuer: 'https://other.example' }, settings)).toBe(false);
  expect(keepsSecret(form, { ...settings, has_client_secret: false })).toBe(false);
});

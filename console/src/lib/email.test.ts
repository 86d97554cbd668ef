import { expect, it } from 'vitest';
import { domainOf } from './email';

it('takes the domain of a finished address only', () => {
  expect(domainOf(' Ann@Acme.Example ')).toBe('acme.example');
  expect(domainOf('ann@mail.acme.example')).toBe('mail.acme.example');
  for (const text of ['', 'ann', 'ann@', 'ann@acme', 'ann@acme.', '@acme.example', 'a@b@acme.example', 'a b@acme.example']) expect(domainOf(text)).toBe('');
});

import { expect, it } from 'vitest';
import { matchesWords } from './match-words';

it('finds every word in any order, without case and accents', () => {
  expect(matchesWords('audit', 'Audit Logs')).toBe(true);
  expect(matchesWords('logs aud', 'Audit Logs')).toBe(true);
  expect(matchesWords('zoe', 'Zoë Müller')).toBe(true);
  expect(matchesWords('', 'anything')).toBe(true);
  expect(matchesWords('audit people', 'Audit Logs')).toBe(false);
});

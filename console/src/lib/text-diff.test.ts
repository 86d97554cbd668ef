import { expect, it } from 'vitest';
import { textDiff } from './text-diff';

const side = (parts: ReturnType<typeof textDiff>, without: 'added' | 'removed') =>
  parts.filter((p) => p.kind !== without).map((p) => p.text).join('');

it('marks only the words that changed', () => {
  expect(textDiff('a quick brown fox', 'a slow brown fox')).toEqual([
    { kind: 'same', text: 'a ' },
    { kind: 'removed', text: 'quick' },
    { kind: 'added', text: 'slow' },
    { kind: 'same', text: ' brown fox' },
  ]);
});

it.each([
  ['', 'new'],
  ['old', ''],
  ['same', 'same'],
  ['one two  three\nfour', 'zero one three\n\nfour five'],
  ['x '.repeat(700), 'y'],
])('both sides can be read back (%#)', (before, after) => {
  const parts = textDiff(before, after);
  expect(side(parts, 'added')).toBe(before);
  expect(side(parts, 'removed')).toBe(after);
});

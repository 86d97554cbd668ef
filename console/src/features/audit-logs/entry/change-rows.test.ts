import { describe, expect, it } from 'vitest';
import { changesOf, textOf } from './change-rows';

describe('changesOf', () => {
  it('leaves out what did not change, and says so', () => {
    expect(changesOf([{ field: 'a', before: 1, after: 1 }, { field: 'b', before: 1, after: 2 }])).toEqual({
      rows: [{ field: 'b', before: '1', after: '2', marks: false }],
      unchanged: 1,
    });
  });
  it('goes into objects', () => {
    const { rows } = changesOf([{ field: 'policy', before: { mfa: { on: false, days: 3 }, name: 'x' }, after: { mfa: { on: true, days: 3 }, name: 'x', ip: '::1' } }]);
    expect(rows).toEqual([
      { field: 'policy.mfa.on', before: 'false', after: 'true', marks: false },
      { field: 'policy.ip', before: undefined, after: '::1', marks: false },
    ]);
  });
  it('marks words in long texts and in lists, not in short values', () => {
    const long = 'word '.repeat(20);
    expect(changesOf([{ field: 't', before: long, after: `${long}more` }]).rows[0]?.marks).toBe(true);
    expect(changesOf([{ field: 't', before: ['DE', 'AT'], after: ['DE', 'CH'] }]).rows[0]).toMatchObject({ before: '["DE", "AT"]', marks: true });
    expect(changesOf([{ field: 't', before: 'a', after: 'b' }]).rows[0]?.marks).toBe(false);
    expect(changesOf([{ field: 't', before: null, after: { a: 1 } }]).rows[0]?.marks).toBe(false);
  });
});

it('writes long structures over several lines', () => {
  expect(textOf({ a: 'x'.repeat(80) })).toContain('\n');
  expect(textOf('plain')).toBe('plain');
  expect(textOf(undefined)).toBeUndefined();
});

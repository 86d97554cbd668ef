import { describe, expect, it } from 'vitest';
import { excludedIn, formatTerm, hasValue, isComplete, parseTerms, quoteValue, toggleValue, unquote, valuesIn, withExcluded, withOnly, withoutField, withoutTerm, withoutValue, withValue } from './terms';

const shapes = (text: string) => parseTerms(text).map(({ negated, field, values }) => ({ negated, field, values }));

describe('parseTerms', () => {
  it.each([
    ['', []],
    ['  zoë ', [{ negated: false, field: null, values: ['zoë'] }]],
    ['"two words"', [{ negated: false, field: null, values: ['two words'] }]],
    ['-bot', [{ negated: true, field: null, values: ['bot'] }]],
    ['actor:zoe', [{ negated: false, field: 'actor', values: ['zoe'] }]],
    ['Actor:zoe', [{ negated: false, field: 'actor', values: ['zoe'] }]],
    ['-area:"Sign-in",Data', [{ negated: true, field: 'area', values: ['Sign-in', 'Data'] }]],
    ['ip:2001:db8::1', [{ negated: false, field: 'ip', values: ['2001:db8::1'] }]],
    ['area:"a \\"b\\", c"', [{ negated: false, field: 'area', values: ['a "b", c'] }]],
    ['-', [{ negated: false, field: null, values: ['-'] }]],
    ['area:="Sign in",b', [{ negated: false, field: 'area', values: ['=Sign in', 'b'] }]],
    ['actor:', [{ negated: false, field: 'actor', values: [''] }]],
  ])('%s', (text, terms) => {
    expect(shapes(text)).toEqual(terms);
  });
  it('says where each stands', () => {
    expect(parseTerms('a  actor:"b c" d').map(({ start, end }) => [start, end])).toEqual([[0, 1], [3, 14], [15, 16]]);
  });
  it('notices a quote that is open', () => {
    expect(parseTerms('area:"Sign').map(({ open, values }) => ({ open, values }))).toEqual([{ open: true, values: ['Sign'] }]);
    expect(parseTerms('a "').at(-1)?.open).toBe(true);
  });
});

it.each(['plain', '=exact', '=two words', '=', 'two words', 'with "quotes"', 'back\\slash', 'a,b', '-dash', 'a:b', ''])('quotes and reads back %s', (value) => {
  expect(unquote(quoteValue(value))).toBe(value);
  expect(shapes(formatTerm({ negated: true, field: 'area', values: [value, 'x'] }))).toEqual([{ negated: true, field: 'area', values: [value, 'x'] }]);
});

describe('changing the text', () => {
  it('adds a value to the field that is there, and a field that is not', () => {
    expect(withValue('', 'category', 'data')).toBe('category:data');
    expect(withValue('zoe', 'category', 'data')).toBe('zoe category:data');
    expect(withValue('category:data zoe', 'category', 'export')).toBe('category:data,export zoe');
    expect(withValue('category:data', 'category', 'DATA')).toBe('category:data');
    expect(withValue('category:', 'category', 'data')).toBe('category:data');
  });
  it('takes a value out, and the term with its last one', () => {
    expect(withoutValue('a category:data,export b', 'category', 'data')).toBe('a category:export b');
    expect(withoutValue('a category:data b', 'category', 'Data')).toBe('a b');
    expect(withoutValue('category:data category:data', 'category', 'data')).toBe('');
  });
  it('toggles', () => {
    expect(toggleValue(toggleValue('x', 'is', 'unauthorised'), 'is', 'unauthorised')).toBe('x');
  });
  it('excludes instead of asking for, and asks for instead of excluding', () => {
    expect(withExcluded('area:Data', 'area', 'Data')).toBe('-area:Data');
    expect(withExcluded('-area:Data', 'area', 'Data')).toBe('-area:Data');
    expect(withValue('-area:Data', 'area', 'Data')).toBe('area:Data');
    expect(excludedIn('-area:Data,"x y"', 'area')).toEqual(['Data', 'x y']);
  });
  it('narrows to one value', () => {
    expect(withOnly('a area:b,c area:d', 'area', 'e f')).toBe('a area:"e f"');
  });
  it('writes exact values', () => {
    expect(withValue('', 'area', '=Sign in')).toBe('area:="Sign in"');
    expect(toggleValue('area:="Sign in" x', 'area', '=sign in')).toBe('x');
  });
  it('drops a term or a field', () => {
    const text = 'a area:b -area:c area:d';
    expect(withoutField(text, 'area')).toBe('a -area:c');
    const second = parseTerms(text)[1];
    expect(second && withoutTerm(text, second)).toBe('a -area:c area:d');
  });
});

it('finds values whatever their case', () => {
  expect(hasValue('category:Data', 'category', 'data')).toBe(true);
  expect(valuesIn('ip:1.2.3.4 ip:5.6.7.8,9.9.9.9', 'ip')).toEqual(['1.2.3.4', '5.6.7.8', '9.9.9.9']);
});

it.each([
  ['zoe', true],
  ['actor:', false],
  ['actor:a,', false],
  ['area:"Sign', false],
  ['area:"Sign in" x', true],
])('%s can be asked: %s', (text, complete) => {
  expect(isComplete(text)).toBe(complete);
});

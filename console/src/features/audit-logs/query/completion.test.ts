import { describe, expect, it } from 'vitest';
import { complete, mistakeAt, offerOf, ownOffers, placeAt } from './completion';

const at = (text: string) => {
  const caret = text.indexOf('|');
  return { text: text.replace('|', ''), place: placeAt(text.replace('|', ''), caret) };
};

describe('placeAt', () => {
  it.each([
    ['|', { prefix: '', field: null }],
    ['zoe |', { prefix: '', field: null }],
    ['act|', { prefix: 'act', field: null }],
    ['-act|', { prefix: 'act', field: null }],
    ['actor:|', { prefix: '', field: 'actor' }],
    ['actor:zo|', { prefix: 'zo', field: 'actor' }],
    ['category:data,ex|', { prefix: 'ex', field: 'category' }],
    ['area:"Sign i|', { prefix: 'Sign i', field: 'area' }],
    ['area:="Sign i|', { prefix: 'Sign i', field: 'area' }],
    ['category:da|,export', { prefix: 'da', field: 'category' }],
  ])('%s', (text, place) => {
    expect(at(text).place).toMatchObject(place);
  });
  it('offers nothing inside a term', () => {
    expect(at('act|or:zoe').place).toBeNull();
  });
});

describe('ownOffers', () => {
  it('names the fields', () => {
    expect(ownOffers({ start: 0, end: 2, prefix: 'ac', field: null }).map(({ value }) => value)).toEqual(['actor', 'action']);
  });
  it('knows the values of small fields by id and by label', () => {
    expect(ownOffers({ start: 0, end: 0, prefix: 'sign', field: 'category' }).map(({ value }) => value)).toEqual(['authentication']);
    expect(ownOffers({ start: 0, end: 0, prefix: 'fail', field: 'outcome' }).map(({ value }) => value)).toEqual(['failure']);
    expect(ownOffers({ start: 0, end: 0, prefix: '', field: 'is' })).toHaveLength(3);
    expect(ownOffers({ start: 0, end: 0, prefix: '', field: 'actor' })).toEqual([]);
  });
});

describe('complete', () => {
  const done = (text: string, offer: Parameters<typeof complete>[2]) => {
    const { text: plain, place } = at(text);
    if (!place) throw new Error('no place');
    const written = complete(plain, place, offer);
    return `${written.text.slice(0, written.caret)}|${written.text.slice(written.caret)}`;
  };
  it.each([
    ['ac|', { value: 'actor', kind: 'field' as const }, 'actor:|'],
    ['x -ac|', { value: 'actor', kind: 'field' as const }, 'x -actor:|'],
    ['area:"Sign i|', { value: 'Sign in', kind: 'value' as const }, 'area:"Sign in" |'],
    ['area:=Si|', { value: 'Sign in', kind: 'value' as const }, 'area:="Sign in" |'],
    ['category:data,e|', { value: 'export', kind: 'value' as const }, 'category:data,export |'],
    ['x zo|', offerOf({ value: 'u_1', label: 'Zoë Müller', count: 3 }, 'actor'), 'x actor:"Zoë Müller" |'],
    ['category:d| zoe', { value: 'data', kind: 'value' as const }, 'category:data |zoe'],
    ['category:d|,export', { value: 'data', kind: 'value' as const }, 'category:data|,export'],
  ])('%s', (text, offer, result) => {
    expect(done(text, offer)).toBe(result);
  });
});

it('finds where the mistake is', () => {
  expect(mistakeAt("At character 5: There is no field 'who'.", 'abc who:x')).toBe(4);
  expect(mistakeAt("At character 3: There is no field 'who'.", '😀 who:x')).toBe(3);
  expect(mistakeAt('At character 1: This quote is not closed.', '"')).toBe(0);
  expect(mistakeAt(undefined, '')).toBeNull();
});

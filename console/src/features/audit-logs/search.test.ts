import { describe, expect, it } from 'vitest';
import { activeTerms, changed, parseAuditSearch, queryInWords, queryOf } from './search';

describe('parseAuditSearch', () => {
  it('keeps what means something', () => {
    const raw = { query: ' müller category:data ', range: '7d', event: 'e1' };
    expect(parseAuditSearch(raw)).toEqual({ query: 'müller category:data', range: '7d', event: 'e1' });
  });
  it('drops what does not', () => {
    expect(parseAuditSearch({ query: '  ', range: 'ever', from: 'x', junk: '1', event: 3 })).toEqual({});
    expect(parseAuditSearch({ query: ['a', 'b'], range: '0d', from: '2026-13-45' })).toEqual({});
  });
  it('lets own times win over a range', () => {
    expect(parseAuditSearch({ from: '2026-11-22T10:00Z', range: '7d' })).toEqual({ from: '2026-11-22T10:00:00.000Z' });
  });
  it('reads the links of before', () => {
    expect(parseAuditSearch({ q: 'two words', email: 'zoe@acme.example', category: 'permission,configuration' })).toEqual({
      query: '"two words" actor:zoe@acme.example category:permission,configuration',
    });
  });
  it('reads them once', () => {
    const raw = { category: 'data' };
    expect(parseAuditSearch({ ...raw, ...parseAuditSearch(raw) })).toEqual({ query: 'category:data' });
  });
  it('bounds lengths', () => {
    expect(parseAuditSearch({ query: 'x'.repeat(5000) }).query).toHaveLength(2048);
  });
});

it('sends the query and the times, not the state of the page', () => {
  expect(queryOf({ query: 'a', range: '7d', event: 'e' }, { from: 'F' })).toEqual({ query: 'a', from: 'F' });
  expect(queryOf({}, {})).toEqual({});
});

it('changes the address without leaving empty parts', () => {
  expect(changed({ query: 'a', event: 'e' }, { query: '', event: undefined, range: '1h' })).toEqual({ range: '1h' });
});

it('says a query in words', () => {
  expect(queryInWords('zoë category:authentication,data -actor:bot is:unauthorised')).toBe(
    '“zoë”, Category: Sign-in or Data, not User: bot, Question: Unauthorised access',
  );
  expect(activeTerms(undefined)).toEqual([]);
});

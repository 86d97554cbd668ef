import { describe, expect, it } from 'vitest';
import { facetValues, termOf } from './facet-terms';

const people = [
  { value: 'u_1', label: 'Zoë Müller', count: 9 },
  { value: 'u_2', label: 'Sam Lee', count: 5 },
  { value: 'u_3', label: 'Sam Lee', count: 1 },
];

describe('termOf', () => {
  it('uses the name when it names one', () => {
    expect(people.map((person) => termOf('actor', person, people))).toEqual(['=Zoë Müller', '=u_2', '=u_3']);
  });
  it('asks for exactly the value where a part would match more', () => {
    expect(termOf('area', { value: 'Data', count: 1 }, [])).toBe('=Data');
    expect(termOf('category', { value: 'data', count: 1 }, [])).toBe('data');
  });
});

describe('facetValues', () => {
  it('ticks what the query asks for, by label or by value', () => {
    const ticked = (query: string) => facetValues('actor', people, query).filter(({ isChosen }) => isChosen).map(({ label }) => label);
    expect(ticked('actor:="zoë müller"')).toEqual(['Zoë Müller']);
    expect(ticked('actor:=u_2')).toEqual(['Sam Lee']);
    expect(ticked('')).toEqual([]);
  });
  it('shows what is excluded', () => {
    expect(facetValues('category', [{ value: 'data', count: 3 }], '-category:data,export')).toEqual([
      { term: 'data', label: 'Data', count: 3, isChosen: false, isExcluded: true },
      { term: 'export', label: 'Exports', count: null, isChosen: false, isExcluded: true },
    ]);
  });
  it('keeps what was chosen in sight when nothing of it is counted', () => {
    expect(facetValues('area', [], 'area:="Billing",Seg')).toMatchObject([
      { term: '=Billing', label: 'Billing', count: null, isChosen: true },
      { term: 'Seg', label: 'Seg', isChosen: true },
    ]);
  });
});

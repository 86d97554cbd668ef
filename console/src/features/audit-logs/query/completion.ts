import { fields, flags, knownValues } from './fields';
import { parseTerms, quoteValue, unquote } from './terms';

// What stands at the caret and can be completed.
export interface Place {
  start: number; // the part that a choice replaces
  end: number;
  prefix: string;
  field: string | null; // null: the name of a field, or free text
}

// The last piece of the term that the caret stands at the end of; null inside a term, where nothing is offered.
export function placeAt(text: string, caret: number): Place | null {
  const term = parseTerms(text.slice(0, caret)).at(-1);
  if (!term || term.end < caret) return { start: caret, end: caret, prefix: '', field: null };
  const rest = /^\S+/.exec(text.slice(caret))?.[0] ?? '';
  if (rest !== '' && !rest.startsWith(',')) return null;
  const whole = text.slice(term.start, caret);
  if (term.field === null) {
    const dash = term.negated || whole === '-' ? 1 : 0;
    return { start: term.start + dash, end: caret, prefix: whole.slice(dash), field: null };
  }
  const last = term.values.at(-1) ?? '';
  const exact = last.startsWith('=') ? 1 : 0;
  return { start: caret - rawLast(whole).length + exact, end: caret, prefix: last.slice(exact), field: term.field };
}

// The raw text of a term's last value, its quote included.
function rawLast(whole: string): string {
  const list = whole.slice(whole.indexOf(':') + 1);
  let quoted = false;
  let from = 0;
  for (let i = 0; i < list.length; i++) {
    if (quoted && list[i] === '\\') i++;
    else if (list[i] === '"') quoted = !quoted;
    else if (!quoted && list[i] === ',') from = i + 1;
  }
  return list.slice(from);
}

export interface Offer {
  value: string; // what is written
  label?: string; // what it is called, when that differs
  hint?: string;
  count?: number;
  kind: 'field' | 'value';
  field?: string; // of a value that is offered for free text
}

const begins = (text: string, prefix: string): boolean => text.toLowerCase().startsWith(prefix.toLowerCase());
const has = (text: string, prefix: string): boolean => text.toLowerCase().includes(prefix.toLowerCase());

// What the page itself can offer: names of fields, and values of the fields that have few.
export function ownOffers(place: Place): Offer[] {
  if (place.field === null) {
    const wanted = unquote(place.prefix);
    return fields.filter(({ name }) => begins(name, wanted)).map(({ name, hint }): Offer => ({ value: name, hint, kind: 'field' }));
  }
  const few = place.field === 'is' ? flags : knownValues(place.field);
  return few
    .filter(({ value, label }) => has(value, place.prefix) || has(label, place.prefix))
    .map(({ value, label }): Offer => (label === value ? { value, kind: 'value' } : { value, label, kind: 'value' }));
}

export interface Written {
  text: string;
  caret: number;
}

// The text with the choice in place of what was begun.
export function complete(text: string, place: Place, offer: Offer): Written {
  const before = text.slice(0, place.start);
  const after = text.slice(place.end);
  const value = quoteValue(offer.value);
  const piece = offer.kind === 'field' ? `${offer.value}:` : offer.field === undefined ? value : `${offer.field}:${value}`;
  const isLast = offer.kind === 'value' && !after.startsWith(',');
  const gap = isLast && !after.startsWith(' ') ? ' ' : '';
  return { text: before + piece + gap + after, caret: (before + piece).length + (isLast ? 1 : 0) };
}

// A value of the server's as it is offered: people know it by its label, and so it is written.
export const offerOf = ({ value, label, count }: { value: string; label?: string; count: number }, field?: string): Offer => ({
  value: label ?? value,
  ...(label === undefined ? {} : { hint: value }),
  count,
  kind: 'value',
  ...(field === undefined ? {} : { field }),
});

// Where in the text a mistake is, as the server's sentence says it: it counts characters from 1, a string's units from 0.
export function mistakeAt(detail: string | undefined, text: string): number | null {
  const match = /character (\d+)/i.exec(detail ?? '');
  return match ? Array.from(text).slice(0, Number(match[1]) - 1).join('').length : null;
}

// The search language as far as the page itself must read it: where a term begins and ends, so that one can be
// added, taken out or completed. What a term means is the server's business (docs/search.md).

export interface Term {
  start: number; // in the text
  end: number;
  negated: boolean;
  field: string | null; // null: free text
  values: string[]; // without their quotes; "=x" is exactly x
  open: boolean; // a quote that is not closed yet
}

const isSpace = (c: string | undefined): boolean => c !== undefined && /\s/.test(c);

// The end of a piece that stops at a space (or, in a list, at a comma) outside quotes.
function endOf(text: string, from: number, stops: (c: string) => boolean): { end: number; open: boolean } {
  let quoted = false;
  let at = from;
  while (at < text.length) {
    const c = text[at] ?? '';
    if (quoted && c === '\\') at++;
    else if (c === '"') quoted = !quoted;
    else if (!quoted && stops(c)) break;
    at++;
  }
  return { end: Math.min(at, text.length), open: quoted };
}

export function unquote(text: string): string {
  if (text.startsWith('=')) return `=${unquote(text.slice(1))}`;
  if (!text.startsWith('"')) return text;
  const inner = text.length > 1 && text.endsWith('"') ? text.slice(1, -1) : text.slice(1);
  return inner.replace(/\\(["\\])/g, '$1');
}

// A value as it must stand in the text.
export function quoteValue(value: string): string {
  if (value.startsWith('=') && value.length > 1) return `=${quoteValue(value.slice(1))}`;
  if (value !== '' && !/[\s",:\\]/.test(value) && !value.startsWith('-')) return value;
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

function valuesOf(text: string): string[] {
  const values: string[] = [];
  let at = 0;
  while (at <= text.length) {
    const { end } = endOf(text, at, (c) => c === ',');
    values.push(unquote(text.slice(at, end)));
    at = end + 1;
  }
  return values;
}

function termOf(text: string, start: number): Term {
  const { end, open } = endOf(text, start, isSpace);
  const whole = text.slice(start, end);
  const negated = whole.length > 1 && whole.startsWith('-');
  const body = negated ? whole.slice(1) : whole;
  const named = /^([a-z_]+):/i.exec(body);
  const field = named?.[1]?.toLowerCase() ?? null;
  const rest = named ? body.slice(named[0].length) : body;
  return { start, end, negated, field, values: field === null ? [unquote(rest)] : valuesOf(rest), open };
}

export function parseTerms(text: string): Term[] {
  const terms: Term[] = [];
  let at = 0;
  while (at < text.length) {
    if (isSpace(text[at])) at++;
    else {
      const term = termOf(text, at);
      terms.push(term);
      at = Math.max(term.end, at + 1);
    }
  }
  return terms;
}

export function formatTerm({ negated, field, values }: Pick<Term, 'negated' | 'field' | 'values'>): string {
  const listed = values.map(quoteValue).join(',');
  return `${negated ? '-' : ''}${field === null ? listed : `${field}:${listed}`}`;
}

const tidy = (text: string): string => text.replace(/\s+/g, ' ').trim();

const joined = (...parts: string[]): string => parts.filter((part) => part !== '').join(' ');

function replaced(text: string, term: Term, by: string): string {
  const before = text.slice(0, term.start).trimEnd();
  const after = text.slice(term.end).trimStart();
  return joined(before, by, after);
}

export const withoutTerm = (text: string, term: Term): string => replaced(text, term, '');

const folded = (text: string): string => text.normalize('NFC').toLowerCase();
export const sameValue = (a: string, b: string): boolean => folded(a) === folded(b);

const termsOn = (text: string, field: string, negated: boolean): Term[] =>
  parseTerms(text).filter((term) => term.field === field && term.negated === negated);

// What the text asks of a field: the values of its positive terms.
export const valuesIn = (text: string, field: string): string[] => termsOn(text, field, false).flatMap((term) => term.values).filter((v) => v !== '');

export const excludedIn = (text: string, field: string): string[] => termsOn(text, field, true).flatMap((term) => term.values);

export const hasValue = (text: string, field: string, value: string): boolean => valuesIn(text, field).some((v) => sameValue(v, value));

function without(text: string, field: string, value: string, negated: boolean): string {
  const term = termsOn(text, field, negated).find(({ values }) => values.some((v) => sameValue(v, value)));
  if (!term) return text;
  const rest = term.values.filter((v) => !sameValue(v, value));
  const next = replaced(text, term, rest.length === 0 ? '' : formatTerm({ ...term, values: rest }));
  return without(next, field, value, negated);
}

export const withoutValue = (text: string, field: string, value: string): string => without(text, field, value, false);

// One more value that will do: "category:data" becomes "category:data,export".
export function withValue(text: string, field: string, value: string): string {
  if (hasValue(text, field, value)) return text;
  const free = without(text, field, value, true);
  const term = termsOn(free, field, false)[0];
  if (!term) return joined(tidy(free), formatTerm({ negated: false, field, values: [value] }));
  return replaced(free, term, formatTerm({ ...term, values: [...term.values.filter((v) => v !== ''), value] }));
}

export const toggleValue = (text: string, field: string, value: string): string =>
  hasValue(text, field, value) ? withoutValue(text, field, value) : withValue(text, field, value);

// Only this value of the field.
export const withOnly = (text: string, field: string, value: string): string => withValue(withoutField(text, field), field, value);

export function withExcluded(text: string, field: string, value: string): string {
  const rest = without(without(text, field, value, false), field, value, true);
  return joined(tidy(rest), formatTerm({ negated: true, field, values: [value] }));
}

// The text without anything it asks of the field, excluded values apart.
export function withoutField(text: string, field: string): string {
  const term = termsOn(text, field, false)[0];
  return term ? withoutField(withoutTerm(text, term), field) : text;
}

// Whether a pause in typing may ask the server already: nothing begun is left open.
export const isComplete = (text: string): boolean => parseTerms(text).every(({ open, field, values }) => !open && (field === null || values.every((v) => v !== '')));

import type { Change } from '~/api/types';

export interface ChangeRow {
  field: string;
  before: string | undefined; // undefined: was not there
  after: string | undefined;
  marks: boolean; // show which words changed
}

const longText = 60;
const depthMax = 6;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

export function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return value;
  // A short list reads best in one line.
  const line = JSON.stringify(value);
  return line.length <= longText ? line.replaceAll(',"', ', "') : JSON.stringify(value, null, 2);
}

// Only what changed: objects are gone into, their equal members left out.
function rowsOf(field: string, before: unknown, after: unknown, depth: number): ChangeRow[] {
  if (same(before, after)) return [];
  if (isObject(before) && isObject(after) && depth < depthMax) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => rowsOf(`${field}.${key}`, before[key], after[key], depth + 1));
  }
  const [old, now] = [textOf(before), textOf(after)];
  const isStructure = typeof before === 'object' || typeof after === 'object';
  const marks = old !== undefined && now !== undefined && before !== null && after !== null && (isStructure || Math.max(old.length, now.length) > longText);
  return [{ field, before: old, after: now, marks }];
}

export interface Changes {
  rows: ChangeRow[];
  unchanged: number; // fields that were sent as changes and are not
}

export function changesOf(changes: Change[]): Changes {
  const groups = changes.map(({ field, before, after }) => rowsOf(field, before, after, 0));
  return { rows: groups.flat(), unchanged: groups.filter((rows) => rows.length === 0).length };
}

// Counts and sizes for people, with separators and units.

const number = new Intl.NumberFormat('en-GB');

export const formatCount = (n: number): string => number.format(n);

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${formatCount(bytes)} bytes`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = '';
  for (const next of units) {
    if (value < 999.5) break;
    value /= 1000;
    unit = next;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

export const plural = (n: number, one: string, many = `${one}s`): string => `${formatCount(n)} ${n === 1 ? one : many}`;

// "50 of 312" or "50 of more than 10,000"
export function formatTotal(shown: number, total: { value: number; relation: 'eq' | 'gte' }): string {
  const of = total.relation === 'gte' ? `more than ${formatCount(total.value)}` : formatCount(total.value);
  return `${formatCount(shown)} of ${of}`;
}

import { expect, it } from 'vitest';
import { isPressed, press, quickFilters } from './quick';

const [unauthorised, critical, signIns] = quickFilters;

it('asks one standing question at a time and keeps the rest of the search', () => {
  if (!unauthorised || !critical || !signIns) throw new Error('no quick filters');
  const asked = press('zoë area:Data', unauthorised);
  expect(asked).toBe('zoë area:Data is:unauthorised');
  expect(isPressed(asked, unauthorised)).toBe(true);
  const other = press(asked, signIns);
  expect(other).toBe('zoë area:Data category:authentication');
  expect(isPressed(other, unauthorised)).toBe(false);
  expect(press(other, signIns)).toBe('zoë area:Data');
  expect(isPressed('category:authentication,data', signIns)).toBe(false);
});

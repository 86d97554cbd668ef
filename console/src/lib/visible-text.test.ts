import { expect, it } from 'vitest';
import { visibleText } from './visible-text';

it('writes out what would hide or reorder', () => {
  expect(visibleText('gpj.\u202Eexe')).toBe('gpj.\\u202eexe');
  expect(visibleText('\u001b[31mred')).toBe('\\u001b[31mred');
});

it('leaves text of any language, lines and tabs alone', () => {
  const text = 'Zoë Müller\n\tשלום 日本 👩‍💻';
  expect(visibleText(text)).toBe(text);
});

/// <reference types="node" />
import { existsSync, globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;
const sheetsOf = (text: string): string[] => [...text.matchAll(/styles\/(\w+)\.css'/g)].map((match) => match[1] ?? '');

const used = (): string[] => {
  const sources = globSync('src/**/*.{ts,tsx}', { cwd: root }).map((file) => readFileSync(`${root}${file}`, 'utf8'));
  const names = sources.flatMap((text) => [...text.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)].flatMap((match) => (match[1] ?? '').split(',')));
  return [...new Set(names.map((name) => name.trim()).filter((name) => /^[A-Z]\w+$/.test(name)))];
};

it('every Mantine component in use has its stylesheet', () => {
  const there = sheetsOf(readFileSync(`${root}src/ui/mantine-styles.ts`, 'utf8'));
  const wanted = used().filter((name) => existsSync(`${root}node_modules/@mantine/core/styles/${name}.css`));
  expect(wanted.length).toBeGreaterThan(10);
  expect(wanted.filter((name) => !there.includes(name))).toEqual([]);
});

import { expect, test } from 'vitest';
import { TypedFields, type Field } from './typed-fields';

const field = (value = '', more: Partial<Field> = {}) => ({ type: 'text', value, isConnected: true, ...more });

test('a field holds unsaved text from the first change on, until it is as before', () => {
  const fields = new TypedFields<ReturnType<typeof field>>();
  const name = field('Acme');
  fields.entered(name);
  expect(fields.last()).toBe(null);
  name.value = 'Acme Ltd';
  fields.typed(name);
  fields.entered(name); // again: what it held at first counts
  expect(fields.last()).toBe(name);
  name.value = 'Acme';
  expect(fields.last()).toBe(null);
});

test('an emptied field is a change too', () => {
  const fields = new TypedFields<ReturnType<typeof field>>();
  const name = field('Acme');
  fields.entered(name);
  name.value = '';
  fields.typed(name);
  expect(fields.last()).toBe(name);
});

test('a field that has left the page counts no more', () => {
  const fields = new TypedFields<ReturnType<typeof field>>();
  const [first, second] = [field(), field()];
  for (const one of [first, second]) {
    fields.entered(one);
    one.value = 'text';
    fields.typed(one);
  }
  expect(fields.last()).toBe(second);
  second.isConnected = false;
  expect(fields.last()).toBe(first);
  first.isConnected = false;
  expect(fields.last()).toBe(null);
});

test('a box counts by its tick', () => {
  const fields = new TypedFields<ReturnType<typeof field>>();
  const box = { ...field('on', { type: 'checkbox' }), checked: false };
  fields.entered(box);
  fields.typed(box);
  expect(fields.last()).toBe(null);
  box.checked = true;
  expect(fields.last()).toBe(box);
});

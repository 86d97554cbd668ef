import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fetchOnce } from './asked-early';

const origin = 'http://console.example';
const session = '/v1/sessions/current';
const get = () => fetchOnce(new Request(origin + session));

beforeEach(() => {
  const askedEarly = new Map([[session, Promise.resolve(new Response('early', { status: 401 }))]]);
  vi.stubGlobal('window', { location: { origin }, askedEarly });
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('late')));
  vi.spyOn(performance, 'now').mockReturnValue(1_000);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test('what was asked early is taken once', async () => {
  expect(await (await get()).text()).toBe('early');
  expect(await (await get()).text()).toBe('late');
});

test('a call that changes something makes it the past', async () => {
  await fetchOnce(new Request(`${origin}/v1/sessions`, { method: 'POST', body: '{}' }));
  expect(await (await get()).text()).toBe('late');
});

test('a while after the page was opened it is the past', async () => {
  vi.spyOn(performance, 'now').mockReturnValue(60_000);
  expect(await (await get()).text()).toBe('late');
});

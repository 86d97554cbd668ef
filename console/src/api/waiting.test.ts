import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { dataOf, onSessionEnd, send } from './client';
import { ApiError } from './errors';
import type { Session } from './types';
import { beginWaiting, endWaiting, waitingFor } from './waiting';

const origin = 'http://console.example';
const ann = { person: { id: 'p1', email: 'ann@acme.example', name: 'Ann' } } as Session;

let asked: string[] = [];
let isSignedIn = false;

beforeEach(() => {
  asked = [];
  isSignedIn = false;
  vi.stubGlobal('window', { location: { origin } });
  vi.stubGlobal('fetch', ({ method, url }: Request) => {
    asked.push(`${method} ${url.slice(origin.length)}`);
    return Promise.resolve(new Response('{"code":"unauthenticated"}', { status: isSignedIn ? 200 : 401 }));
  });
  onSessionEnd(() => {
    beginWaiting(ann);
    return true;
  });
});
afterEach(() => {
  endWaiting();
  onSessionEnd(() => false);
  vi.unstubAllGlobals();
});

const settled = () => new Promise((resolve) => setImmediate(resolve));
const read = (path: string, init: RequestInit = {}) => send(new Request(origin + path, init));

test('a read that finds the session ended waits, and is asked for again when the person is back', async () => {
  const answer = read('/v1/orgs/acme/events');
  await settled();
  expect(waitingFor()).toBe(ann);
  const later = read('/v1/orgs/acme/people');
  await settled();
  expect(asked).toEqual(['GET /v1/orgs/acme/events']);
  isSignedIn = true;
  endWaiting();
  expect((await answer).status).toBe(200);
  expect((await later).status).toBe(200);
  expect(asked).toEqual(['GET /v1/orgs/acme/events', 'GET /v1/orgs/acme/events', 'GET /v1/orgs/acme/people']);
});

test('a change is refused and never repeated', async () => {
  const answer = await read('/v1/orgs/acme/invitations', { method: 'POST', body: '{}' });
  expect(answer.status).toBe(401);
  await expect(dataOf(Promise.resolve({ error: { code: 'unauthenticated' }, response: answer }))).rejects.toBeInstanceOf(ApiError);
  expect(waitingFor()).toBe(ann);
  isSignedIn = true;
  endWaiting();
  await settled();
  expect(asked).toEqual(['POST /v1/orgs/acme/invitations']);
});

test('a wrong password ends no session', async () => {
  const response = new Response('', { status: 401 });
  await expect(dataOf(Promise.resolve({ error: { code: 'bad_credentials' }, response }))).rejects.toBeInstanceOf(ApiError);
  expect(waitingFor()).toBe(null);
});

test('a read that nobody needs any more stops waiting', async () => {
  beginWaiting(ann);
  const stop = new AbortController();
  const answer = read('/v1/orgs/acme/events', { signal: stop.signal });
  stop.abort();
  await expect(answer).rejects.toThrow(/abort/i);
  expect(asked).toEqual([]);
});

test('where nothing is to keep, the read is answered as it was', async () => {
  onSessionEnd(() => false);
  expect((await read('/v1/orgs/acme/events')).status).toBe(401);
  expect(asked).toHaveLength(1);
});

import { describe, expect, it } from 'vitest';
import { ApiError, apiErrorFrom, describeError, fieldErrorOf, isTransient } from './errors';

const problem = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  apiErrorFrom(new Response(null, { status, headers }), body);

describe('describeError', () => {
  it('knows the codes', () => {
    expect(describeError(problem(401, { code: 'bad_credentials' })).title).toBe('The email or the password is wrong.');
  });
  it('says how long to wait', () => {
    expect(describeError(problem(503, { code: 'unavailable' }, { 'Retry-After': '7' })).advice).toBe('Try again in 7 s.');
  });
  it('takes the sentence of the server for a code it does not know', () => {
    expect(describeError(problem(409, { code: 'claimed', detail: 'Paths may not nest.' })).title).toBe('Paths may not nest.');
  });
  it('does not show what a broken server says', () => {
    expect(describeError(problem(500, { code: 'x', detail: 'stack trace' })).title).toBe('The server failed.');
  });
  it('has words for an answer that is no problem, and for none', () => {
    expect(describeError(problem(502, '<html>')).title).toBe('The server failed.');
    expect(describeError(new ApiError({ status: 0, code: 'no_answer' })).title).toBe('The server cannot be reached.');
    expect(describeError(new TypeError('x')).title).toBe('The console failed.');
  });
});

it('keeps the request id, from the body or the header', () => {
  expect(problem(500, { code: 'internal', request_id: 'r1' }).requestId).toBe('r1');
  expect(problem(500, undefined, { 'X-Request-ID': 'r2' }).requestId).toBe('r2');
});

it('finds the error of a field', () => {
  const error = problem(422, { code: 'invalid_field', errors: [{ pointer: '/bucket', code: 'x', detail: 'Too short.' }] });
  expect(fieldErrorOf(error, 'bucket')).toBe('Too short.');
  expect(fieldErrorOf(error, 'region')).toBeUndefined();
});

it('tries again only what may pass', () => {
  expect([0, 429, 500, 503].map((status) => isTransient(new ApiError({ status, code: 'x' })))).toEqual([true, true, true, true]);
  expect([400, 401, 403, 404, 409].some((status) => isTransient(new ApiError({ status, code: 'x' })))).toBe(false);
});

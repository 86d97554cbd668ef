import { expect, it } from 'vitest';
import { describeStatus } from './http-status';

it.each([
  [400, '400: something was wrong with the information sent'],
  [401, '401: not signed in, or the session expired'],
  [403, '403: no permission for this resource'],
  [404, '404: not found'],
  [500, '500: internal error'],
  [503, '503: service unavailable'],
  [204, '204: succeeded'],
  [418, '418: refused'],
  [599, '599: failed on the server'],
])('%i', (status, text) => {
  expect(describeStatus(status)).toBe(text);
});

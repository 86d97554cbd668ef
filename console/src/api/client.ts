import createClient, { type Middleware } from 'openapi-fetch';
import { fetchOnce } from './asked-early';
import { ApiError, apiErrorFrom } from './errors';
import type { paths } from './schema';
import { whenBack } from './waiting';

// The one way to the server. Same origin; a session's cookie with its CSRF token on whatever changes state, or a token.
let csrfToken = '';

export function setCsrfToken(token: string): void {
  csrfToken = token;
}

// The embedded page has a short token instead of a cookie; empty everywhere else.
let bearerToken = '';

export function setBearerToken(token: string): void {
  bearerToken = token;
}

const proof: Middleware = {
  onRequest({ request }) {
    if (bearerToken !== '') {
      // Without the cookie: what the page shows is what the token may see, whoever is signed in beside it.
      const own = new Request(request, { credentials: 'omit' });
      own.headers.set('Authorization', `Bearer ${bearerToken}`);
      return own;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') request.headers.set('X-CSRF-Token', csrfToken);
    return request;
  },
};

// True: the page waits for its person.
let sessionEnded = (): boolean => false;

// Called whenever the server no longer knows the session, whichever call it was; says whether the page waits for the
// same person to sign in again.
export function onSessionEnd(listener: () => boolean): void {
  sessionEnded = listener;
}

// What only reads waits as long as the page does, and is then asked for again. What changes something is refused, and is
// never repeated by itself.
export async function send(request: Request): Promise<Response> {
  if (request.method !== 'GET') return fetchOnce(request);
  for (;;) {
    await whenBack(request.signal);
    const answer = await fetchOnce(request.clone());
    if (answer.status !== 401 || !sessionEnded()) return answer;
  }
}

export const client = createClient<paths>({
  baseUrl: '',
  credentials: 'same-origin',
  headers: { Accept: 'application/json' },
  fetch: send,
});
client.use(proof);

// What is said of a password or a code that was tried, not of the session.
const aboutProof = new Set(['bad_credentials', 'second_factor_needed', 'wrong_code', 'sso_required']);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

// Waits for a call and gives its data, or throws an ApiError: features know no other failure.
export async function dataOf<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ApiError({ status: 0, code: 'no_answer' });
  }
  if (!answer.response.ok) {
    const error = apiErrorFrom(answer.response, answer.error);
    if (error.status === 401 && !aboutProof.has(error.code)) sessionEnded();
    throw error;
  }
  return answer.data as T;
}

import type { components } from './schema';

type Problem = components['schemas']['Problem'];
export type FieldError = components['schemas']['FieldError'];

interface Failure {
  status: number; // 0: no answer
  code: string;
  detail?: string | undefined;
  requestId?: string | undefined;
  retryAfterSeconds?: number | undefined;
  fields?: FieldError[];
}

// Everything that can go wrong with a call, as one type.
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly fields: FieldError[];

  constructor(failure: Failure) {
    super(failure.code);
    this.status = failure.status;
    this.code = failure.code;
    this.detail = failure.detail;
    this.requestId = failure.requestId;
    this.retryAfterSeconds = failure.retryAfterSeconds;
    this.fields = failure.fields ?? [];
  }
}

const isProblem = (body: unknown): body is Partial<Problem> => typeof body === 'object' && body !== null && 'code' in body;

export function apiErrorFrom(response: Response, body: unknown): ApiError {
  const problem = isProblem(body) ? body : {};
  const retryAfter = Number(response.headers.get('Retry-After') ?? '');
  return new ApiError({
    status: response.status,
    code: problem.code ?? `http_${response.status}`,
    detail: problem.detail,
    requestId: problem.request_id ?? response.headers.get('X-Request-ID') ?? undefined,
    retryAfterSeconds: retryAfter > 0 ? retryAfter : undefined,
    fields: problem.errors ?? [],
  });
}

export interface Sentence {
  title: string; // what is
  advice: string; // what to do
}

const unavailable: Sentence = { title: 'The service is not available for the moment.', advice: 'Nothing is lost. Try again shortly.' };

const sentences: Record<string, Sentence> = {
  no_answer: { title: 'The server cannot be reached.', advice: 'Check your connection, then try again.' },
  bad_credentials: { title: 'The email or the password is wrong.', advice: 'Check both and try again.' },
  unauthenticated: { title: 'Your session has ended.', advice: 'Sign in again.' },
  csrf: { title: 'This page is older than your session.', advice: 'Load the page again, then repeat what you did.' },
  forbidden: { title: 'You may not do this.', advice: 'Ask a primary admin of your organisation.' },
  not_enabled: { title: 'This is not enabled for your organisation.', advice: 'Ask your contact at the vendor.' },
  not_found: { title: 'This does not exist, or is not yours to see.', advice: 'Check the address.' },
  invalid_cursor: { title: 'This list has changed since it was loaded.', advice: 'Load it again.' },
  bad_cursor: { title: 'This list has changed since it was loaded.', advice: 'Load it again.' },
  not_validated: { title: 'The present values have not passed a validation.', advice: 'Validate first.' },
  wrong_state: { title: 'This is not possible in the present state.', advice: 'Load the page again to see the state.' },
  expired: { title: 'This link has expired.', advice: 'Ask for a new download.' },
  slow_down: { title: 'Too many requests.', advice: 'Wait a little, then try again.' },
  unavailable,
};

function fallback(status: number): Sentence {
  if (status === 503) return unavailable;
  if (status >= 500) return { title: 'The server failed.', advice: 'Try again. If it stays, pass on the request id.' };
  if (status === 401) return { title: 'Your session has ended.', advice: 'Sign in again.' };
  if (status === 403) return { title: 'You may not do this.', advice: 'Ask a primary admin of your organisation.' };
  if (status === 404) return { title: 'This does not exist, or is not yours to see.', advice: 'Check the address.' };
  if (status === 429) return { title: 'Too many requests.', advice: 'Wait a little, then try again.' };
  return { title: 'The server did not accept this.', advice: 'Check what you entered.' };
}

// The one place where a failure becomes words: what is, then what to do. The server's own sentence wins when
// it says more than the code does.
export function describeError(error: unknown): Sentence {
  if (!(error instanceof ApiError)) return { title: 'The console failed.', advice: 'Load the page again.' };
  const known = sentences[error.code];
  const sentence = known ?? fallback(error.status);
  const wait = error.retryAfterSeconds ? ` Try again in ${error.retryAfterSeconds} s.` : '';
  if (!known && error.detail && error.status < 500) return { title: error.detail, advice: wait.trim() };
  return { title: sentence.title, advice: wait ? wait.trim() : sentence.advice };
}

// What a form shows at a field: the detail of the first error whose pointer ends with the field's name.
export function fieldErrorOf(error: unknown, field: string): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const found = error.fields.find((e) => e.pointer === field || e.pointer === `/${field}`);
  return found && (found.detail ?? found.code);
}

// Trying again by itself only helps when nobody said no.
export const isTransient = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);

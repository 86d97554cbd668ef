import { texts, type Sentence } from '~/texts/errors';
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

// A sentence of its own, wherever the server put it.
const begun = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

// The one place where a failure becomes words: what is, then what to do. The server's own sentence wins when
// it says more than the code does.
export function describeError(error: unknown): Sentence {
  if (!(error instanceof ApiError)) return texts.console;
  const known = texts.ofCode(error.code);
  const sentence = known ?? texts.ofStatus(error.status);
  const wait = error.retryAfterSeconds ? texts.retryAfter(error.retryAfterSeconds) : '';
  if (!known && error.detail && error.status < 500) return { title: begun(error.detail), advice: wait };
  return { title: sentence.title, advice: wait || sentence.advice };
}

// What a form shows at a field: the detail of the first error whose pointer ends with the field's name.
export function fieldErrorOf(error: unknown, field: string): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const found = error.fields.find((e) => e.pointer === field || e.pointer === `/${field}`);
  return found && begun(found.detail ?? found.code);
}

// Trying again by itself only helps when nobody said no.
export const isTransient = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);

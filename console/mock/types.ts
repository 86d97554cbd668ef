import type { IncomingMessage, ServerResponse } from 'node:http';
import type { components } from '../src/api/schema.d.ts';

export type Schemas = components['schemas'];
export type AuditRecord = Schemas['Record'];

export interface Person {
  id: string;
  email: string;
  name: string;
  operator: boolean;
  roles: Record<string, Schemas['Role']>;
}

export interface Org {
  id: string;
  name: string;
  entitlements: Schemas['Entitlements'];
  viewing_window_days: number;
}

export interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  requestId: string;
  body: unknown;
  params: Record<string, string>;
}

// Thrown by a route, answered as a problem.
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly headers: Record<string, string>;
  readonly errors: Schemas['FieldError'][];
  constructor(status: number, code: string, detail: string, extra: { headers?: Record<string, string>; errors?: Schemas['FieldError'][] } = {}) {
    super(code);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.headers = extra.headers ?? {};
    this.errors = extra.errors ?? [];
  }
}

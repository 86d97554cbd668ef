// The contract of ../api/openapi.yaml in memory, and the built console beside it.
import { createServer, type Server } from 'node:http';
import { createExport, downloadExport, getExport, listExports } from './exports.ts';
import { getEvent, listEvents } from './events.ts';
import { newRequestId, readBody, sendFile, sendJson, sendProblem } from './http.ts';
import { act, deleteDestination, getDestination, listDeliveries, listDestinations, putDestination, validateDestination } from './s3.ts';
import { createSession, deleteSession, getSession } from './sessions.ts';
import { addRecord } from './world.ts';
import { Refusal, type AuditRecord, type Call } from './types.ts';

type Handler = (call: Call) => void | Promise<void>;

const routes: [method: string, pattern: string, handler: Handler][] = [
  ['POST', '/v1/sessions', createSession],
  ['GET', '/v1/sessions/current', getSession],
  ['DELETE', '/v1/sessions/current', deleteSession],
  ['GET', '/v1/orgs/:org/events', listEvents],
  ['GET', '/v1/orgs/:org/events/:id', getEvent],
  ['POST', '/v1/orgs/:org/exports', createExport],
  ['GET', '/v1/orgs/:org/exports', listExports],
  ['GET', '/v1/orgs/:org/exports/:id', getExport],
  ['GET', '/v1/orgs/:org/exports/:id/file', downloadExport],
  ['GET', '/v1/orgs/:org/integrations/s3', listDestinations],
  ['GET', '/v1/orgs/:org/integrations/s3/:id', getDestination],
  ['PUT', '/v1/orgs/:org/integrations/s3/:id', putDestination],
  ['DELETE', '/v1/orgs/:org/integrations/s3/:id', deleteDestination],
  ['POST', '/v1/orgs/:org/integrations/s3/:id/validate', validateDestination],
  ['POST', '/v1/orgs/:org/integrations/s3/:id/:verb', act],
  ['GET', '/v1/orgs/:org/deliveries', listDeliveries],
  // For the tests: an entry that arrives now, as an application would send it.
  ['POST', '/mock/orgs/:org/events', (call) => sendJson(call, 200, addRecord(call.params['org'] ?? '', call.body as Partial<AuditRecord>))],
];

function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const value = given[i] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(value);
    else if (part !== value) return null;
  }
  return params;
}

async function answer(call: Call): Promise<void> {
  const found = routes.flatMap(([method, pattern, handler]) => {
    const params = method === call.request.method ? match(pattern, call.url.pathname) : null;
    return params ? [{ handler, params }] : [];
  })[0];
  if (!found) throw new Refusal(404, 'not_found', 'There is nothing at this address.');
  call.params = found.params;
  call.body = await readBody(call.request);
  await found.handler(call);
}

export function makeServer(dist: string): Server {
  return createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://mock');
    if (!url.pathname.startsWith('/v1/') && !url.pathname.startsWith('/mock/')) {
      sendFile(request, response, dist, url.pathname);
      return;
    }
    const call: Call = { request, response, url, requestId: newRequestId(), body: undefined, params: {} };
    answer(call).catch((error: unknown) => {
      const refusal = error instanceof Refusal ? error : new Refusal(500, 'internal', String(error));
      if (!(error instanceof Refusal)) console.error(error);
      sendProblem(response, call.requestId, refusal);
    });
  });
}

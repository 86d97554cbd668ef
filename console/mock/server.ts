// The contract of ../api/openapi.yaml in memory, and the built console beside it.
import { createServer, type Server } from 'node:http';
import { cancelExport, createExport, downloadExport, estimateExport, getExport, listExports } from './exports.ts';
import { getEvent, getProof, histogram, listEvents, listFacets, listValues, watchEvents } from './events.ts';
import { newRequestId, readBody, sendFile, sendJson, sendProblem } from './http.ts';
import { act, backfill, deleteDestination, dryRun, getDestination, listDeliveries, listDestinations, putDestination, redeliver, validateDestination } from './s3.ts';
import { checkSource, deletePack, deleteSource, entitle, getFolder, getPack, listAllPacks, listAllRuns, listFileSets, listSources, previewPack, putPack, putSource, releasePack } from './pack-operations.ts';
import { acceptInvitation, askForReset, beginFactor, changeMe, changePassword, confirmFactor, createPortalSession, endSession, getMe, listSessions, lookAtInvitation, lookAtPortal, redeemReset, removeFactor, renewCodes } from './me.ts';
import { changeRole, createInvitation, deleteInvitation, deleteSignIn, getSignIn, listInvitations, listPeople, putSignIn, removePerson, resendInvitation, signInMethods } from './people.ts';
import { actOnRun, checkSftp, deleteSftp, getPackDestination, getSftp, listPacks, listRuns, putPackDestination, putSftp, startRuns } from './packs.ts';
import { createSession, deleteSession, getSession } from './sessions.ts';
import { createView, deleteView, listViews, putView } from './views.ts';
import { addRecord } from './world.ts';
import { Refusal, type AuditRecord, type Call } from './types.ts';

type Handler = (call: Call) => void | Promise<void>;

const routes: [method: string, pattern: string, handler: Handler][] = [
  ['POST', '/v1/sessions', createSession],
  ['GET', '/v1/sessions/current', getSession],
  ['DELETE', '/v1/sessions/current', deleteSession],
  ['GET', '/v1/sign_in/methods', signInMethods],
  ['GET', '/v1/me', getMe],
  ['PATCH', '/v1/me', changeMe],
  ['POST', '/v1/me/password', changePassword],
  ['POST', '/v1/me/second_factor', beginFactor],
  ['POST', '/v1/me/second_factor/confirm', confirmFactor],
  ['DELETE', '/v1/me/second_factor', removeFactor],
  ['POST', '/v1/me/recovery_codes', renewCodes],
  ['GET', '/v1/me/sessions', listSessions],
  ['DELETE', '/v1/me/sessions/:id', endSession],
  ['POST', '/v1/password_resets', askForReset],
  ['POST', '/v1/password_resets/redeem', redeemReset],
  ['POST', '/v1/invitations/look', lookAtInvitation],
  ['POST', '/v1/invitations/accept', acceptInvitation],
  ['POST', '/v1/portal/look', lookAtPortal],
  ['POST', '/v1/portal/sessions', createPortalSession],
  ['GET', '/v1/orgs/:org/people', listPeople],
  ['PATCH', '/v1/orgs/:org/people/:id', changeRole],
  ['DELETE', '/v1/orgs/:org/people/:id', removePerson],
  ['GET', '/v1/orgs/:org/invitations', listInvitations],
  ['POST', '/v1/orgs/:org/invitations', createInvitation],
  ['POST', '/v1/orgs/:org/invitations/:id/resend', resendInvitation],
  ['DELETE', '/v1/orgs/:org/invitations/:id', deleteInvitation],
  ['GET', '/v1/orgs/:org/sign_in', getSignIn],
  ['PUT', '/v1/orgs/:org/sign_in', putSignIn],
  ['DELETE', '/v1/orgs/:org/sign_in', deleteSignIn],
  ['GET', '/v1/orgs/:org/events', listEvents],
  ['GET', '/v1/orgs/:org/events/facets', listFacets],
  ['GET', '/v1/orgs/:org/events/histogram', histogram],
  ['GET', '/v1/orgs/:org/events/values', listValues],
  ['GET', '/v1/orgs/:org/events/live', watchEvents],
  ['GET', '/v1/orgs/:org/events/:id/proof', getProof],
  ['GET', '/v1/orgs/:org/events/:id', getEvent],
  ['GET', '/v1/orgs/:org/views', listViews],
  ['POST', '/v1/orgs/:org/views', createView],
  ['PUT', '/v1/orgs/:org/views/:id', putView],
  ['DELETE', '/v1/orgs/:org/views/:id', deleteView],
  ['POST', '/v1/orgs/:org/exports/estimate', estimateExport],
  ['POST', '/v1/orgs/:org/exports/:id/cancel', cancelExport],
  ['POST', '/v1/orgs/:org/exports', createExport],
  ['GET', '/v1/orgs/:org/exports', listExports],
  ['GET', '/v1/orgs/:org/exports/:id', getExport],
  ['GET', '/v1/orgs/:org/exports/:id/file', downloadExport],
  ['GET', '/v1/orgs/:org/integrations/s3', listDestinations],
  ['GET', '/v1/orgs/:org/integrations/s3/:id', getDestination],
  ['PUT', '/v1/orgs/:org/integrations/s3/:id', putDestination],
  ['DELETE', '/v1/orgs/:org/integrations/s3/:id', deleteDestination],
  ['POST', '/v1/orgs/:org/integrations/s3/:id/validate', validateDestination],
  ['POST', '/v1/orgs/:org/integrations/s3/:id/backfill', backfill],
  ['POST', '/v1/orgs/:org/integrations/s3/:id/dry_run', dryRun],
  ['POST', '/v1/orgs/:org/deliveries/:id/redeliver', redeliver],
  ['POST', '/v1/orgs/:org/integrations/s3/:id/:verb', act],
  ['GET', '/v1/orgs/:org/deliveries', listDeliveries],
  ['GET', '/v1/data_sources', listSources],
  ['PUT', '/v1/data_sources/:source', putSource],
  ['DELETE', '/v1/data_sources/:source', deleteSource],
  ['POST', '/v1/data_sources/:source/check', checkSource],
  ['GET', '/v1/data_packs', listAllPacks],
  ['GET', '/v1/data_packs/:pack', getPack],
  ['PUT', '/v1/data_packs/:pack', putPack],
  ['DELETE', '/v1/data_packs/:pack', deletePack],
  ['POST', '/v1/data_packs/:pack/preview', previewPack],
  ['POST', '/v1/data_packs/:pack/release', releasePack],
  ['GET', '/v1/data_pack_runs', listAllRuns],
  ['GET', '/v1/data_sources/:source/file_sets', listFileSets],
  ['GET', '/v1/watched_folder', getFolder],
  ['PUT', '/v1/orgs/:org/data_packs/:pack', entitle],
  ['DELETE', '/v1/orgs/:org/data_packs/:pack', entitle],
  ['GET', '/v1/orgs/:org/data_packs', listPacks],
  ['GET', '/v1/orgs/:org/data_packs/:pack/runs', listRuns],
  ['POST', '/v1/orgs/:org/data_packs/:pack/runs', startRuns],
  ['POST', '/v1/orgs/:org/data_packs/:pack/runs/:run/:verb', actOnRun],
  ['GET', '/v1/orgs/:org/data_pack_destination', getPackDestination],
  ['PUT', '/v1/orgs/:org/data_pack_destination', putPackDestination],
  ['GET', '/v1/orgs/:org/integrations/sftp', getSftp],
  ['PUT', '/v1/orgs/:org/integrations/sftp', putSftp],
  ['DELETE', '/v1/orgs/:org/integrations/sftp', deleteSftp],
  ['POST', '/v1/orgs/:org/integrations/sftp/check', checkSftp],
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

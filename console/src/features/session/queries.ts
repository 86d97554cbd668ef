import { queryOptions } from '@tanstack/react-query';
import { fetchOnce } from '~/api/asked-early';
import { client, dataOf } from '~/api/client';
import { adoptSession } from '~/api/session';
import type { InvitationLook, PortalLook, Session, SignInMethods } from '~/api/types';

// How people of an email's domain sign in. The domain decides, so that is all that is sent.
export const methodsQuery = (domain: string) =>
  queryOptions({
    queryKey: ['sign-in-methods', domain],
    queryFn: ({ signal }): Promise<SignInMethods> => dataOf(client.GET('/v1/sign_in/methods', { params: { query: { email: `someone@${domain}` } }, fetch: fetchOnce, signal })),
    enabled: domain !== '',
    staleTime: 60_000,
    retry: false,
  });

export const askForReset = (email: string): Promise<unknown> => dataOf(client.POST('/v1/password_resets', { body: { email } }));

export interface Redemption {
  token: string;
  password: string;
  code?: string;
}

export const redeemReset = (body: Redemption): Promise<unknown> => dataOf(client.POST('/v1/password_resets/redeem', { body }));

export const invitationQuery = (token: string) =>
  queryOptions({
    queryKey: ['invitation', token],
    queryFn: ({ signal }): Promise<InvitationLook> => dataOf(client.POST('/v1/invitations/look', { body: { token }, signal })),
    staleTime: Infinity,
    retry: false,
  });

export interface Acceptance {
  token: string;
  name?: string;
  password?: string;
  code?: string;
}

export async function acceptInvitation(body: Acceptance): Promise<Session> {
  return adoptSession(await dataOf(client.POST('/v1/invitations/accept', { body })));
}

export const portalQuery = (token: string) =>
  queryOptions({
    queryKey: ['portal', token],
    queryFn: ({ signal }): Promise<PortalLook> => dataOf(client.POST('/v1/portal/look', { body: { token }, signal })),
    staleTime: Infinity,
    retry: false,
  });

export async function openPortal(token: string): Promise<Session> {
  return adoptSession(await dataOf(client.POST('/v1/portal/sessions', { body: { token } })));
}

import { describe, expect, it } from 'vitest';
import type { AuditRecord } from '~/api/types';
import { actorHandle, actorName, sentenceOf } from './sentence';

const record = (extra: Partial<AuditRecord>): AuditRecord => ({
  v: 1,
  seq: 1,
  id: 'e',
  nonce: 'n'.repeat(22),
  organization_id: 'acme',
  received_at: '2026-11-22T14:00:00Z',
  occurred_at: '2026-11-22T14:00:00Z',
  action: 'segment.created',
  actor: { id: 'u1' },
  ...extra,
});

describe('sentenceOf', () => {
  it('reads on from the name when the label starts with a verb', () => {
    expect(sentenceOf(record({ action_label: 'Created segment', targets: [{ name: 'EMEA' }] }))).toMatchObject({
      joint: ' ',
      verb: 'created segment',
      targets: ['EMEA'],
    });
  });
  it.each([
    ['Invite sent'],
    ['API key revoked'],
    ['Geändert'],
  ])('puts a colon before %s', (label) => {
    expect(sentenceOf(record({ action_label: label }))).toMatchObject({ joint: ': ', verb: label });
  });
  it('falls back to the action itself', () => {
    expect(sentenceOf(record({})).verb).toBe('segment.created');
  });
});

it('names an actor by the best there is, and never says a thing twice', () => {
  expect(actorName({ id: 'u1', email: 'a@b.c' })).toBe('a@b.c');
  expect(actorHandle({ id: 'u1', email: 'a@b.c' })).toBe('u1');
  expect(actorHandle({ id: 'u1', name: 'Ann', username: 'ann', email: 'a@b.c' })).toBe('ann');
  expect(actorHandle({ id: 'u1' })).toBeUndefined();
});

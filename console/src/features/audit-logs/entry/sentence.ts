import type { AuditRecord } from '~/api/types';

export const actorName = (actor: AuditRecord['actor']): string => actor.name ?? actor.username ?? actor.email ?? actor.id;

// What stands under the name: the username, else the email, else nothing that is not already said.
export function actorHandle(actor: AuditRecord['actor']): string | undefined {
  const name = actorName(actor);
  return [actor.username, actor.email, actor.id].find((handle) => handle !== undefined && handle !== name);
}

export const actionLabel = (record: AuditRecord): string => record.action_label ?? record.action;

export const targetNames = (record: AuditRecord): string[] =>
  (record.targets ?? []).flatMap((target) => target.name ?? target.id ?? target.type ?? []);

export interface Sentence {
  actor: string;
  joint: string; // between actor and verb
  verb: string;
  targets: string[];
  area: string | undefined;
  failed: boolean;
}

// "Created segment" reads on after a name, "Invite sent" needs a colon before it.
function verbOf(label: string): Pick<Sentence, 'joint' | 'verb'> {
  const first = label.split(/\s/, 1)[0] ?? '';
  const isVerb = /^[A-Z]?[a-z]+ed$/.test(first);
  return isVerb ? { joint: ' ', verb: first.toLowerCase() + label.slice(first.length) } : { joint: ': ', verb: label };
}

export function sentenceOf(record: AuditRecord): Sentence {
  return {
    actor: actorName(record.actor),
    ...verbOf(actionLabel(record)),
    targets: targetNames(record),
    area: record.area,
    failed: record.outcome === 'failure',
  };
}

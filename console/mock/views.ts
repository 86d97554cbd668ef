import { orgFor, sessionOf } from './access.ts';
import { sendJson } from './http.ts';
import { token } from './world.ts';
import { Refusal, type Call, type Schemas } from './types.ts';

interface Saved {
  org: string;
  person: string;
  view: Omit<Schemas['View'], 'mine'>;
}

const saved: Saved[] = [];

const seenBy = (call: Call): Schemas['View'][] => {
  const org = orgFor(call, 'audit_logs');
  const { person } = sessionOf(call);
  return saved.filter((item) => item.org === org.id && (item.view.shared || item.person === person.id)).map((item) => ({ ...item.view, mine: item.person === person.id }));
};

export const listViews = (call: Call): void => sendJson(call, 200, { data: seenBy(call) });

const settingsOf = (body: Schemas['ViewSettings']) => ({
  name: body.name,
  shared: body.shared,
  query: body.query ?? '',
  range: body.range ?? {},
  columns: body.columns ?? [],
  density: body.density ?? '',
  updated_at: new Date().toISOString(),
});

export function createView(call: Call): void {
  const org = orgFor(call, 'audit_logs');
  const { person } = sessionOf(call);
  const view = { id: `view_${token(6)}`, owner: { name: person.name }, created_at: new Date().toISOString(), ...settingsOf(call.body as Schemas['ViewSettings']) };
  saved.push({ org: org.id, person: person.id, view });
  sendJson(call, 201, { ...view, mine: true });
}

function own(call: Call): Saved {
  const { person } = sessionOf(call);
  const org = orgFor(call, 'audit_logs');
  const item = saved.find(({ org: of, view, person: by }) => of === org.id && view.id === call.params['id'] && by === person.id);
  if (!item) throw new Refusal(404, 'not_found', 'There is no such view.');
  return item;
}

export function putView(call: Call): void {
  const item = own(call);
  Object.assign(item.view, settingsOf(call.body as Schemas['ViewSettings']));
  sendJson(call, 200, { ...item.view, mine: true });
}

export function deleteView(call: Call): void {
  saved.splice(saved.indexOf(own(call)), 1);
  sendJson(call, 204, undefined);
}

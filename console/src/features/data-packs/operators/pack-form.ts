import type { DataPack, DataPackDefinition } from '~/api/operator-types';

type Schedule = DataPackDefinition['schedule'];

// What the form holds: text as typed, empty for absent.
export interface PackForm {
  name: string;
  former: string;
  description: string;
  source: string;
  query: string;
  // Of sources that take uploads: which files of a set.
  files: string;
  type: DataPackDefinition['format']['type'];
  compression: DataPackDefinition['format']['compression'];
  mode: NonNullable<DataPackDefinition['mode']>;
  column: string;
  key: string;
  every: Schedule['every'];
  at: string;
  weekday: NonNullable<Schedule['weekday']>;
  day: string;
  cron: string;
  zone: string;
  partRows: string;
  tolerance: string;
}

export const emptyPack: PackForm = {
  name: '', former: '', description: '', source: '', query: '', files: '', type: 'csv', compression: 'gzip', mode: 'full', column: '', key: '', every: 'daily', at: '05:00', weekday: 'monday', day: '1', cron: '', zone: '', partRows: '', tolerance: '50',
};

export function formOf(pack: DataPack): PackForm {
  const { schedule } = pack;
  return {
    name: pack.name,
    former: pack.former_name ?? '',
    description: pack.description ?? '',
    source: pack.source.id,
    query: pack.source.query ?? '',
    files: pack.source.files ?? '',
    type: pack.format.type,
    compression: pack.format.compression,
    mode: pack.mode,
    column: pack.column ?? '',
    key: pack.key.join(', '),
    every: schedule.every,
    at: schedule.at ?? '',
    weekday: schedule.weekday ?? 'monday',
    day: String(schedule.day ?? 1),
    cron: schedule.cron ?? '',
    zone: schedule.zone ?? '',
    partRows: String(pack.part_rows),
    tolerance: pack.size_tolerance_percent === null ? '' : String(pack.size_tolerance_percent),
  };
}

// Only what the chosen kind of schedule looks at.
function scheduleOf({ every, at, weekday, day, cron, zone }: PackForm): Schedule {
  const where = zone.trim() ? { zone: zone.trim() } : {};
  if (every === 'cron') return { every, cron: cron.trim(), ...where };
  const time = at.trim() ? { at: at.trim() } : {};
  if (every === 'weekly') return { every, weekday, ...time, ...where };
  if (every === 'monthly') return { every, day: Number(day), ...time, ...where };
  return { every, ...time, ...where };
}

// Taken up as the server has it: what the form does not show stays.
export function bodyOf(form: PackForm, before?: DataPack, takesFiles = false): DataPackDefinition {
  return {
    name: form.name.trim(),
    ...(form.former.trim() ? { former_name: form.former.trim() } : {}),
    ...(form.description.trim() ? { description: form.description.trim() } : {}),
    source: takesFiles ? { id: form.source, files: form.files.trim() } : { id: form.source, query: form.query.trim() },
    format: { type: form.type, compression: form.compression },
    mode: takesFiles ? 'full' : form.mode,
    ...(!takesFiles && form.mode === 'incremental' ? { column: form.column.trim() } : {}),
    ...(!takesFiles && form.mode === 'changed' ? { key: keyOf(form.key) } : {}),
    schedule: scheduleOf(form),
    ...(form.partRows.trim() ? { part_rows: Number(form.partRows) } : {}),
    ...(before ? { part_bytes: before.part_bytes } : {}),
    size_tolerance_percent: form.tolerance.trim() ? Number(form.tolerance) : null,
  };
}

// The columns of a key as typed, with commas between: a name may hold a space.
export const keyOf = (text: string): string[] => text.split(',').map((name) => name.trim()).filter(Boolean);

const isReadable = (form: PackForm): boolean =>
  form.query.trim() !== '' && (form.mode !== 'incremental' || form.column.trim() !== '') && (form.mode !== 'changed' || keyOf(form.key).length > 0);

export const isWhole = (form: PackForm, takesFiles = false): boolean =>
  form.name.trim() !== '' && form.source !== '' && (takesFiles ? form.files.trim() !== '' : isReadable(form)) && (form.every !== 'cron' || form.cron.trim() !== '');

// The ids in a text, without those that are there twice.
export const idsOf = (text: string): string[] => [...new Set(text.split(/[\s,;]+/).filter(Boolean))];

// Whether readers of the files would break.
export const isBreaking = (changes: { change: string }[]): boolean => changes.some(({ change }) => change !== 'added');

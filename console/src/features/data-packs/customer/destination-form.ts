import type { DataPackDestination, DataPackDestinationSettings } from '~/api/types';
import { fromInputValue, toInputValue } from '~/lib/time';

export interface DestinationForm {
  to: 'sftp' | 's3';
  bucket: string; // the id of the destination
  path: string;
  keepSftp: boolean;
  compareUntil: string; // as the field holds it
}

export function formOf(present: DataPackDestination): DestinationForm {
  return {
    to: present.s3 ? 's3' : 'sftp',
    bucket: present.s3?.destination ?? '',
    path: present.s3?.path ?? '',
    keepSftp: present.keep_sftp,
    compareUntil: present.compare_until ? toInputValue(present.compare_until) : '',
  };
}

export function bodyOf({ to, bucket, path, keepSftp, compareUntil }: DestinationForm): DataPackDestinationSettings {
  if (to === 'sftp' || bucket === '') return { s3: null, keep_sftp: false };
  const trimmed = path.trim();
  const until = fromInputValue(compareUntil);
  return { s3: { destination: bucket, ...(trimmed ? { path: trimmed } : {}) }, keep_sftp: keepSftp, ...(until ? { compare_until: until } : {}) };
}

export const isSame = (a: DestinationForm, b: DestinationForm): boolean => JSON.stringify(bodyOf(a)) === JSON.stringify(bodyOf(b));

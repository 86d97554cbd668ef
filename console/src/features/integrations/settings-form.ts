import type { Destination, DestinationSettings } from '~/api/types';
import { texts } from '~/texts/integrations';

export const defaultRegions = [
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
  'ap-south-1',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-southeast-1',
  'ap-southeast-2',
  'ca-central-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'eu-central-1',
  'eu-north-1',
  'sa-east-1',
];

// What the form holds: text as typed, empty for absent.
export interface FormValues {
  bucket: string;
  region: string;
  endpoint: string;
  account_id: string;
  path: string;
  frequency: 'hourly' | 'daily';
  role_arn: string;
  path_style: boolean;
  form: NonNullable<DestinationSettings['form']>;
  compression: NonNullable<DestinationSettings['compression']>;
  encryption: '' | 's3' | 'kms';
  kms_key: string;
  filter: DestinationSettings['filter'];
}

export const emptyForm: FormValues = {
  bucket: '',
  region: '',
  endpoint: '',
  account_id: '',
  path: '',
  frequency: 'hourly',
  role_arn: '',
  path_style: false,
  form: 'jsonl',
  compression: 'gzip',
  encryption: '',
  kms_key: '',
  filter: null,
};

export function formOf(destination: Destination | undefined): FormValues {
  if (!destination) return emptyForm;
  const { bucket, region, endpoint, account_id, path, frequency, auth, path_style } = destination;
  return {
    bucket: bucket ?? '',
    region: region ?? '',
    endpoint: endpoint ?? '',
    account_id: account_id ?? '',
    path: path ?? '',
    frequency,
    role_arn: auth.mode === 'customer_role' ? (auth.role_arn ?? '') : '',
    path_style: path_style ?? false,
    form: destination.form ?? 'jsonl',
    compression: destination.compression ?? 'gzip',
    encryption: destination.encryption ?? '',
    kms_key: destination.kms_key ?? '',
    filter: destination.filter ?? null,
  };
}

export function bodyOf(form: FormValues): DestinationSettings {
  const body: DestinationSettings = { frequency: form.frequency };
  if (form.form !== 'jsonl') body.form = form.form;
  if (form.compression !== 'gzip') body.compression = form.compression;
  for (const key of ['bucket', 'region', 'endpoint', 'account_id', 'path', 'role_arn'] as const) {
    const text = form[key].trim();
    if (text) body[key] = text;
  }
  if (form.path_style) body.path_style = true;
  if (form.encryption) body.encryption = form.encryption;
  if (form.encryption === 'kms' && form.kms_key.trim()) body.kms_key = form.kms_key.trim();
  if (form.filter) body.filter = form.filter;
  return body;
}

export const isSame = (a: FormValues, b: FormValues): boolean => JSON.stringify(bodyOf(a)) === JSON.stringify(bodyOf(b));

export type FormErrors = Partial<Record<keyof FormValues, string>>;

// What can be said without asking the server; an empty field is no error of a draft.
export function problemsOf(form: FormValues): FormErrors {
  const errors: FormErrors = {};
  const bucket = form.bucket.trim();
  if (bucket && !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    errors.bucket = texts.problems.bucket;
  }
  if (form.account_id.trim() && !/^\d{12}$/.test(form.account_id.trim())) errors.account_id = texts.problems.account;
  if (form.role_arn.trim() && !/^arn:[a-z-]+:iam::\d{0,12}:role\/\S+$/.test(form.role_arn.trim())) {
    errors.role_arn = texts.problems.role;
  }
  if (/^\/|\/\/|(^|\/)\.\.?(\/|$)/.test(form.path.trim())) errors.path = texts.problems.path;
  return errors;
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

// The id of a new destination is the client's choice: random, since ids are never used again.
export function newDestinationId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `s3-${Array.from(bytes, (byte) => alphabet[byte % 32]).join('')}`;
}

import type { Role, SignInChange, SignInSettings } from '~/api/types';

// What the form holds: text as typed.
export interface SignInForm {
  issuer: string;
  clientId: string;
  secret: string;
  isPublic: boolean;
  domains: string[];
  role: Role;
  required: boolean;
}

export const formOf = (settings: SignInSettings): SignInForm => ({
  issuer: settings.issuer ?? '',
  clientId: settings.client_id ?? '',
  secret: '',
  isPublic: settings.configured && !settings.has_client_secret,
  domains: settings.allowed_domains,
  role: settings.default_role,
  required: settings.required,
});

// A secret belongs to its issuer and client: for others it has to be typed again.
export const keepsSecret = (form: SignInForm, settings: SignInSettings): boolean =>
  settings.has_client_secret && form.issuer.trim() === settings.issuer && form.clientId.trim() === settings.client_id;

export function bodyOf(form: SignInForm): SignInChange {
  const secret = form.isPublic ? { client_secret: null } : form.secret ? { client_secret: form.secret } : {};
  return {
    issuer: form.issuer.trim(),
    client_id: form.clientId.trim(),
    ...secret,
    allowed_domains: form.domains,
    default_role: form.role,
    required: form.required,
  };
}

import type { SftpServer, SftpSettings } from '~/api/types';

export interface SftpForm {
  host: string;
  port: string;
  user: string;
  path: string;
  method: 'keep' | 'password' | 'private_key';
  password: string;
  privateKey: string;
  passphrase: string;
}

export function formOf(server: SftpServer | null): SftpForm {
  return {
    host: server?.host ?? '',
    port: String(server?.port ?? 22),
    user: server?.user ?? '',
    path: server?.path ?? '',
    method: server && server.auth.method !== 'none' ? 'keep' : 'password',
    password: '',
    privateKey: '',
    passphrase: '',
  };
}

// A secret goes to the server it was for: another host, port or user needs it anew.
export const canKeep = (form: SftpForm, server: SftpServer | null): boolean =>
  server !== null && server.auth.method !== 'none' && form.host.trim() === server.host && Number(form.port) === server.port && form.user.trim() === server.user;

export function isWhole(form: SftpForm, server: SftpServer | null): boolean {
  const port = Number(form.port);
  if (!form.host.trim() || !form.user.trim() || !Number.isInteger(port) || port < 1 || port > 65_535) return false;
  if (form.method === 'keep') return canKeep(form, server);
  return form.method === 'password' ? form.password !== '' : form.privateKey.trim() !== '';
}

export function bodyOf(form: SftpForm, hostKey?: string): SftpSettings {
  const body: SftpSettings = { host: form.host.trim(), port: Number(form.port), user: form.user.trim(), ...(form.path.trim() ? { path: form.path.trim() } : {}), ...(hostKey ? { host_key: hostKey } : {}) };
  if (form.method === 'password') body.auth = { password: form.password };
  if (form.method === 'private_key') body.auth = { private_key: form.privateKey, ...(form.passphrase ? { passphrase: form.passphrase } : {}) };
  return body;
}

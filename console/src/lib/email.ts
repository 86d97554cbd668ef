// The domain of an email address that looks finished, in lower case; empty before.
export function domainOf(email: string): string {
  const match = /^[^\s@]+@([^\s@.]+(?:\.[^\s@.]+)+)$/.exec(email.trim());
  return match?.[1]?.toLowerCase() ?? '';
}

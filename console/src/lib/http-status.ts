const meanings: Record<number, string> = {
  400: 'something was wrong with the information sent',
  401: 'not signed in, or the session expired',
  403: 'no permission for this resource',
  404: 'not found',
  500: 'internal error',
  503: 'service unavailable',
};

const classes: Record<number, string> = { 2: 'succeeded', 3: 'sent elsewhere', 4: 'refused', 5: 'failed on the server' };

// "no permission for this resource"
export function statusMeaning(status: number): string {
  return meanings[status] ?? classes[Math.floor(status / 100)] ?? 'unknown status';
}

// "403: no permission for this resource"
export const describeStatus = (status: number): string => `${status}: ${statusMeaning(status)}`;

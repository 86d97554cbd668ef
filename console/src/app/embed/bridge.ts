// What the embedded page and the element around it (public/embed.js) say to each other. The server names the pages that
// may stand around it (frame-ancestors), so whoever is the parent may be talked to; nothing secret goes out.

export type ToParent = { type: 'trailkeeper:height'; height: number } | { type: 'trailkeeper:token-needed' };

interface TokenMessage {
  type: 'trailkeeper:token';
  token: string;
}

export const hasParent = (): boolean => window.parent !== window;

export function tell(message: ToParent): void {
  if (hasParent()) window.parent.postMessage(message, '*');
}

const isToken = (data: unknown): data is TokenMessage =>
  typeof data === 'object' && data !== null && (data as Partial<TokenMessage>).type === 'trailkeeper:token' && typeof (data as Partial<TokenMessage>).token === 'string';

// Calls back with each new token from the parent; gives what ends that.
export function onToken(take: (token: string) => void): () => void {
  const listen = (event: MessageEvent<unknown>) => {
    if (hasParent() && event.source === window.parent && isToken(event.data)) take(event.data.token);
  };
  window.addEventListener('message', listen);
  return () => window.removeEventListener('message', listen);
}

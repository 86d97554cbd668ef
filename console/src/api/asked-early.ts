// Answers that public/first.js asked for while the program was loading, by address. Each is taken once.
declare global {
  interface Window {
    askedEarly?: Map<string, Promise<Response | null>>;
  }
}

// Longer after the page was opened, an answer is of the past.
const freshMs = 15_000;

// The same question may be written in several ways.
const addressOf = (address: string): string => {
  const { pathname, searchParams } = new URL(address, window.location.origin);
  return `${pathname}?${searchParams.toString()}`;
};

function takeEarly(address: string): Promise<Response | null> | undefined {
  for (const [early, answer] of window.askedEarly ?? []) {
    if (addressOf(early) !== addressOf(address)) continue;
    window.askedEarly?.delete(early);
    return answer;
  }
  return undefined;
}

// A call of the client. What was asked early and failed is asked again; a call that changes something, as signing in
// does, makes the past of all of it.
export async function fetchOnce(request: Request): Promise<Response> {
  if (request.method !== 'GET') window.askedEarly?.clear();
  const early = performance.now() < freshMs ? takeEarly(request.url) : undefined;
  const answer = await early?.catch(() => null);
  request.signal.throwIfAborted();
  return answer ?? fetch(request);
}

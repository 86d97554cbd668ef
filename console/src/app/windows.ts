// What the console's windows of one browser tell each other.
const channel = new BroadcastChannel('trailkeeper');
const signedOut = 'signed-out';

// Whoever signs out leaves nothing behind in other windows either.
export const tellSignedOut = (): void => channel.postMessage(signedOut);

export function onSignedOutElsewhere(listener: () => void): void {
  channel.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.data === signedOut) listener();
  });
}

export interface Sentence {
  title: string; // what is
  advice: string; // what to do
}

const unavailable: Sentence = { title: 'The service is not available for the moment.', advice: 'Nothing is lost. Try again shortly.' };
const ended: Sentence = { title: 'Your session has ended.', advice: 'Sign in again.' };
const forbidden: Sentence = { title: 'You may not do this.', advice: 'Ask a primary admin of your organisation.' };
const notFound: Sentence = { title: 'This does not exist, or is not yours to see.', advice: 'Check the address.' };
const tooMany: Sentence = { title: 'Too many requests.', advice: 'Wait a little, then try again.' };
const oldList: Sentence = { title: 'This list has changed since it was loaded.', advice: 'Load it again.' };

const byCode: Record<string, Sentence> = {
  no_answer: { title: 'The server cannot be reached.', advice: 'Check your connection, then try again.' },
  bad_credentials: { title: 'The email or the password is wrong.', advice: 'Check both and try again.' },
  unauthenticated: ended,
  csrf: { title: 'This page is older than your session.', advice: 'Load the page again, then repeat what you did.' },
  forbidden,
  not_enabled: { title: 'This is not enabled for your organisation.', advice: 'Ask your contact at the vendor.' },
  not_found: notFound,
  invalid_cursor: oldList,
  bad_cursor: oldList,
  not_validated: { title: 'The present values have not passed a validation.', advice: 'Validate first.' },
  wrong_state: { title: 'This is not possible in the present state.', advice: 'Load the page again to see the state.' },
  expired: { title: 'This link has expired.', advice: 'Ask for a new one.' },
  slow_down: { title: 'Too many tries.', advice: 'Wait a little, then try again.' },
  unavailable,
};

// What is said about a failed call. `code` is the problem's, `status` the answer's.
export const texts = {
  ofCode: (code: string): Sentence | undefined => byCode[code],
  ofStatus(status: number): Sentence {
    if (status === 503) return unavailable;
    if (status >= 500) return { title: 'The server failed.', advice: 'Try again. If it stays, pass on the request id.' };
    if (status === 401) return ended;
    if (status === 403) return forbidden;
    if (status === 404) return notFound;
    if (status === 429) return tooMany;
    return { title: 'The server did not accept this.', advice: 'Check what you entered.' };
  },
  console: { title: 'The console failed.', advice: 'Load the page again.' } satisfies Sentence,
  retryAfter: (seconds: number) => `Try again in ${seconds} s.`,
};

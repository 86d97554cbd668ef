export interface Sentence {
  title: string; // what is
  advice: string; // what to do
}

const unavailable: Sentence = { title: 'The service is not available for the moment.', advice: 'Nothing is lost. Try again shortly.' };
const ended: Sentence = { title: 'Your session had ended.', advice: 'Nothing was changed. Sign in, then try again.' };
const forbidden: Sentence = { title: 'You may not do this.', advice: 'Ask a primary admin of your organization.' };
const notFound: Sentence = { title: 'This does not exist, or is not yours to see.', advice: 'Check the address.' };
const tooMany: Sentence = { title: 'Too many requests.', advice: 'Wait a little, then try again.' };
const oldList: Sentence = { title: 'This list has changed since it was loaded.', advice: 'Load it again.' };

const byCode: Record<string, Sentence> = {
  no_answer: { title: 'The server cannot be reached.', advice: 'Check your connection, then try again.' },
  bad_credentials: { title: 'The email or the password is wrong.', advice: 'Check both and try again.' },
  wrong_code: { title: 'The code is wrong or was used already.', advice: 'Wait for the next one, then enter it.' },
  wrong_password: { title: 'The password is wrong.', advice: 'Enter your present password.' },
  second_factor_needed: { title: 'A code of your second factor is needed.', advice: 'Enter it to go on.' },
  sso_required: { title: 'Your organization wants a sign-in by its own identity provider.', advice: 'Use single sign-on instead of a password.' },
  second_factor_on: { title: 'A second factor is set up already.', advice: 'Load the page again.' },
  second_factor_off: { title: 'There is no second factor.', advice: 'Load the page again.' },
  second_factor_required: { title: 'The vendor requires a second factor.', advice: 'It cannot be taken away.' },
  no_password: { title: 'You sign in by your organization’s identity provider.', advice: 'It looks after your password and second factor.' },
  not_begun: { title: 'The set-up has expired.', advice: 'Begin again.' },
  link_not_valid: { title: 'This link is not valid any more.', advice: 'Ask for a new one.' },
  already_member: { title: 'This person belongs to the organization already.', advice: 'Change the role in the list instead.' },
  last_primary_admin: { title: 'An organization keeps at least one primary admin.', advice: 'Make somebody else a primary admin first.' },
  domain_taken: { title: 'Another organization has this domain.', advice: 'Ask your contact at the vendor.' },
  operators_only: { title: 'Only the vendor can do this.', advice: 'Ask your contact at the vendor.' },
  not_tried: { title: 'Nobody has signed in with these settings yet.', advice: 'Sign in by the provider once, then require it.' },
  guest: { title: 'This needs an account of your own.', advice: 'You came through another product; ask a primary admin to invite you.' },
  unauthenticated: ended,
  csrf: { title: 'This page is older than your session.', advice: 'Load the page again, then repeat what you did.' },
  forbidden,
  not_enabled: { title: 'This is not enabled for your organization.', advice: 'Ask your contact at the vendor.' },
  look_needed: { title: 'An operator opens this with a reason.', advice: 'Start a look on the page of the organization, under Operations.' },
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

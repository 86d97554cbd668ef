// A real OpenID Connect provider (npm oidc-provider) for the scenarios: one client, one page-less login that takes
// whoever the login hint or the file of the scenario names, and keys that the scenario can turn over.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const facts = JSON.parse(process.argv[2]);
const person = () => JSON.parse(readFileSync(facts.person_file, 'utf8'));

// `person().keys` is a number; another number stands for other keys.
const made = new Map();
function keys(number) {
  if (!made.has(number)) {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
    made.set(number, [
      { ...rsa, kid: `rsa-${number}`, use: 'sig', alg: 'RS256' },
      { ...ec, kid: `ec-${number}`, use: 'sig', alg: 'ES256' },
    ]);
  }
  return made.get(number);
}

function provider(number, algorithm) {
  const out = new Provider(facts.issuer, {
    clients: [
      {
        client_id: facts.client_id,
        client_secret: facts.client_secret,
        redirect_uris: [facts.redirect_uri],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        id_token_signed_response_alg: algorithm,
      },
    ],
    jwks: { keys: keys(number) },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...person().claims }) }),
    pkce: { required: () => true },
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  return out;
}

const running = new Map();
function current() {
  const { keys: number = 1, algorithm = 'RS256' } = person();
  const name = `${number}-${algorithm}`;
  if (!running.has(name)) running.set(name, provider(number, algorithm));
  return running.get(name);
}

const server = createServer(async (request, response) => {
  const now = current();
  if (!request.url.startsWith('/interaction/')) return now.callback()(request, response);
  const who = person();
  const result = who.deny ? { error: 'access_denied' } : { login: { accountId: who.sub } };
  await now.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
});
server.listen(facts.port, '127.0.0.1', () => process.stdout.write('ready\n'));

// Libraries that only verify tokens: PyJWT, joserfc (PyPI) and jose (npm). They receive an ID
// token for each algorithm, a copy with an invalid signature, and the JWKS URL.
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { installNodeApp } from './node-app.ts';
import { textOf, type Provider } from './provider.ts';
import { installPython, pythonOf } from './python.ts';
import type { RelyingParty, Trial } from './relying-party.ts';
import { authorize } from './visitor.ts';

const algorithms = ['ES256', 'RS256', 'EdDSA'];
const redirectUri = 'http://127.0.0.1:9/callback';

export const pyjwt: RelyingParty = {
  name: 'PyJWT',
  needs: ['python'],
  install: (place) => installPython(place, 'pyjwt', 'PyJWT', 'cryptography'),
  drive: (trial) => verify(trial, pythonOf(trial.directory), 'verify.py'),
};

export const joserfc: RelyingParty = {
  name: 'joserfc',
  needs: ['python'],
  install: (place) => installPython(place, 'joserfc', 'joserfc', 'requests'),
  drive: (trial) => verify(trial, pythonOf(trial.directory), 'verify.py'),
};

export const jose: RelyingParty = {
  name: 'jose',
  needs: [],
  install: (place) => installNodeApp(place, 'jose', 'jose'),
  drive: (trial) => verify(trial, process.execPath, 'verify.mjs'),
};

async function verify(trial: Trial, program: string, file: string): Promise<void> {
  const { directory, processes, provider } = trial;
  const tokens: unknown[] = [];
  for (const algorithm of algorithms) tokens.push(await makeCase(trial, algorithm));
  const { issuer } = provider;
  const discovery = await fetch(`${issuer}/.well-known/openid-configuration`);
  const input = JSON.stringify({ tokens, jwks_uri: textOf(await discovery.json(), 'jwks_uri') });
  await processes.run(program, [join(directory, file)], { input, env: { ISSUER: issuer } });
  for (const algorithm of algorithms) trial.passed(algorithm);
  trial.passed('tampered token refused');
  trial.passed('wrong audience refused');
}

async function makeCase(trial: Trial, algorithm: string) {
  const { provider, user } = trial;
  const client = await provider.createClient('spa', {
    redirect_uris: [redirectUri],
    id_token_signed_response_alg: algorithm,
  });
  const token = await obtainIdToken(trial, provider, client.clientId);
  const tampered = `${token.slice(0, -12)}AAAAAAAAAAAA`;
  return { algorithm, token, tampered, audience: client.clientId, subject: user.id };
}

/** The authorization code flow with PKCE, without a library. */
async function obtainIdToken(trial: Trial, { issuer }: Provider, clientId: string) {
  const verifier = randomBytes(32).toString('base64url');
  const url = new URL('/oauth2/authorize', issuer);
  url.search = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  const callback = await authorize(trial.closing, issuer, url, trial.user);
  const answer = await fetch(`${issuer}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: clientId,
      redirect_uri: redirectUri,
      code: callback.searchParams.get('code') ?? '',
      code_verifier: verifier,
    }),
  });
  return textOf(await answer.json(), 'id_token');
}

// The APIs of examples/ in Python and Go: they accept an access token of the provider, refuse others, and
// learn from the status list that a token was revoked.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findFreePorts } from '#test/support/services/free-ports.ts';
import { buildGoApp } from './go.ts';
import { waitForHttp } from './ports.ts';
import { textOf, type Client, type Provider } from './provider.ts';
import { installPython, pythonOf } from './python.ts';
import type { RelyingParty, Trial } from './relying-party.ts';

const examples = '../../examples';
/** The ttl of a list, a second until a change reaches every node, and time for a busy machine. */
const maxSeconds = 30;

export const flaskApi: RelyingParty = {
  name: 'Flask API with PyJWT',
  needs: ['python'],
  install: (place) =>
    installPython(
      place,
      `${examples}/resource-server-python`,
      'PyJWT',
      'cryptography',
      'Flask',
      'requests',
    ),
  drive: (trial) => drive(trial, pythonOf(trial.directory), ['api.py']),
};

export const goApi: RelyingParty = {
  name: 'Go API with go-oidc',
  needs: ['go'],
  install: (place) =>
    buildGoApp(place, `${examples}/resource-server-go`, 'github.com/coreos/go-oidc/v3'),
  drive: (trial) => drive(trial, join(trial.directory, 'app'), []),
};

async function drive(trial: Trial, command: string, args: readonly string[]): Promise<void> {
  const { provider, processes } = trial;
  const [port] = await findFreePorts(1);
  const audience = `http://127.0.0.1:${port}/`;
  const scope = 'tasks:read tasks:write';
  await provider.createApi(audience, { isRevocable: true });
  const client = await provider.createClient('machine', { scope });
  const env = { ISSUER: provider.issuer, AUDIENCE: audience, PORT: String(port) };
  const output = processes.start(command, args, { env });
  await waitForHttp(new URL('/tasks', audience), output);
  const statusFor = async (token: string) => {
    const headers = token === '' ? {} : { authorization: `Bearer ${token}` };
    const answer = await fetch(new URL('/tasks', audience), { headers });
    return `${answer.status} ${answer.headers.get('www-authenticate') ?? ''}`.trim();
  };
  const token = await obtainToken(provider, client, audience, 'tasks:read');

  await expectStatus('200', () => statusFor(token));
  trial.passed('access token');
  await expectStatus('401 Bearer', () => statusFor(''));
  const tampered = `${token.slice(0, -12)}AAAAAAAAAAAA`;
  await expectStatus('401 Bearer error="invalid_token"', () => statusFor(tampered));
  const writer = await obtainToken(provider, client, audience, 'tasks:write');
  const needed = '403 Bearer error="insufficient_scope", scope="tasks:read"';
  await expectStatus(needed, () => statusFor(writer));
  trial.passed('others refused');
  await post(provider, client, '/oauth2/revoke', { token });
  await expectStatus('401 Bearer error="invalid_token"', () => statusFor(token), maxSeconds);
  trial.passed('revocation');
}

async function obtainToken(provider: Provider, client: Client, resource: string, scope: string) {
  const parameters = { grant_type: 'client_credentials', resource, scope };
  return textOf(
    await (await post(provider, client, '/oauth2/token', parameters)).json(),
    'access_token',
  );
}

async function post(
  { issuer }: Provider,
  { clientId, clientSecret }: Client,
  path: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Response> {
  const authorization = `Basic ${btoa(`${clientId}:${clientSecret}`)}`;
  const body = new URLSearchParams(parameters);
  return fetch(`${issuer}${path}`, { method: 'POST', headers: { authorization }, body });
}

/** Asks until the answer is as expected, for at most `seconds`. */
async function expectStatus(
  expected: string,
  ask: () => Promise<string>,
  seconds = 0,
): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  let found = await ask();
  while (found !== expected && performance.now() < deadline) {
    await pause(200);
    found = await ask();
  }
  if (found !== expected) throw new Error(`${found} instead of ${expected}`);
}

// The code of oidc-provider that src/oidc/patches/overhead/ replaces and relies on. A failure after an
// upgrade names the file that must be reviewed.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import Provider, { type AdapterPayload } from 'oidc-provider';
import introspection from 'oidc-provider/lib/actions/introspection.js';
import revocation from 'oidc-provider/lib/actions/revocation.js';
import userinfo from 'oidc-provider/lib/actions/userinfo.js';
import Router from 'oidc-provider/lib/helpers/router.js';
import { patchEngine } from '#oidc/provider-patches.ts';
import {
  replaceStep,
  isReviewedVersion,
  type Step,
} from '#oidc/patches/overhead/engine-version.ts';
import { keepParsedClients } from '#oidc/patches/overhead/kept-clients.ts';
import { client, credentialsOf, startBareProvider } from './bare-provider.ts';

/** SHA-256 of the reviewed files. */
const reviewed = {
  'shared/access_token.js': '396a191edaf6609d686a8f2a63b31069d5068167ee13b8b9c0b8549040c9e5c1',
  'actions/userinfo.js': '99aa2b34d891c95c47fdeb9e17b2f29d25a6f2e49b82a78aec3d0e96cd5741e9',
  'shared/reject_structured_tokens.js':
    '42efb9444d8fbf3e0a552a6745266e7c6ed77152c4110db78798d1181175eb37',
  'helpers/initialize_app.js': '82cc7a689a1c59071eec86eddde16abae96eb01ae36acc0fd9bd7a1c780e793f',
  'helpers/router.js': 'c69a91d58ab7c5a7a42ab34ffc5f3fdb5e8828c4955429e0998b3e888ee127bf',
  'models/client.js': '37841c70b72be69297851e4c9a091261748f7045ed8ae9a32f6b6c3ad9c312cb',
};

const introspects = { features: { introspection: { enabled: true } } };

describe('the installed oidc-provider', () => {
  for (const [file, digest] of Object.entries(reviewed)) {
    it(`has the ${file} that the patches were reviewed with`, () => {
      const path = fileURLToPath(import.meta.resolve(`oidc-provider/lib/${file}`));

      assert.equal(createHash('sha256').update(readFileSync(path)).digest('hex'), digest);
    });
  }

  it('is the reviewed version, or keeps its own functions', () => {
    assert.equal(isReviewedVersion('9.14.0'), false);
    assert.equal(isReviewedVersion(), true);
  });

  it('is refused at start if an endpoint has no step of that name', () => {
    const step: Step = async () => {};

    assert.throws(() => replaceStep([], step), /no step step/);
  });

  it('is patched once, however many providers a process creates', () => {
    patchEngine();
    const patched = [userinfo, introspection, revocation].map((steps) => [...steps]);
    const { get } = Router.prototype;

    patchEngine();

    assert.deepEqual([userinfo, introspection, revocation], patched);
    assert.equal(Router.prototype.get, get);
  });
});

describe('the request context of a patched oidc-provider', () => {
  it('is a property, not a getter that V8 keeps until a full collection', async (t) => {
    patchEngine();
    const { provider, get } = await startBareProvider(t);
    const contexts: unknown[] = [];
    provider.use(async (ctx, next) => {
      await next();
      contexts.push(Object.getOwnPropertyDescriptor(ctx, 'oidc'), Provider.ctx === undefined);
    });

    const { status } = await get('/jwks');

    const [property, isClosed] = contexts;
    assert.equal(status, 200);
    assert.ok(property && typeof property === 'object' && 'value' in property);
    const { value } = property;
    assert.ok(value && typeof value === 'object' && 'route' in value && 'provider' in value);
    assert.deepEqual([value.route, value.provider === provider, isClosed], ['jwks', true, true]);
  });

  it('is refused at start if oidc-provider creates it in another way', () => {
    patchEngine();

    assert.throws(() => new Router().get('name', '/path', () => undefined), /ensureOIDC/);
  });
});

describe('userinfo of a patched oidc-provider', () => {
  it('builds no error for a successful request', async (t) => {
    patchEngine();
    const { get, obtainTokens, issuer } = await startBareProvider(t);
    const { access_token: token = '' } = await obtainTokens();
    await get('/jwks');
    const captured = t.mock.method(Error, 'captureStackTrace');

    const response = await fetch(`${issuer}/me`, { headers: { authorization: `Bearer ${token}` } });

    assert.deepEqual(await response.json(), { sub: 'user', email: 'user@example.com' });
    assert.equal(captured.mock.callCount(), 0);
  });

  it('still refuses tokens that are unknown, bound to a key or without openid', async (t) => {
    const { ask, details, store } = await startWithToken(t);

    assert.deepEqual(await ask('unknown'), [401, 'invalid_token']);
    store({ jkt: 'the thumbprint of another key' });
    assert.deepEqual(await ask(), [401, 'invalid_token']);
    store({ scope: 'email' });
    assert.deepEqual(await ask(), [403, 'insufficient_scope']);
    assert.deepEqual(details, ['access token not found', 'failed jkt verification', undefined]);
  });

  it('still refuses tokens of an unknown client or user', async (t) => {
    const { ask, details, provider, store } = await startWithToken(t);

    const found = t.mock.method(provider.Client, 'find', async () => undefined);
    assert.deepEqual(await ask(), [401, 'invalid_token']);
    found.mock.restore();
    store({ accountId: 'gone', expiresWithSession: false });
    assert.deepEqual(await ask(), [401, 'invalid_token']);
    assert.deepEqual(details, ['associated client not found', 'associated account not found']);
  });
});

async function startWithToken(t: TestContext) {
  patchEngine();
  const { obtainTokens, records, issuer, provider } = await startBareProvider(t, {
    findAccount: (_ctx, accountId) =>
      accountId === 'gone' ? undefined : { accountId, claims: async () => ({ sub: accountId }) },
  });
  const { access_token: token = '' } = await obtainTokens();
  const key = `AccessToken ${token}`;
  const record = records.get(key);
  const details: unknown[] = [];
  provider.on('userinfo.error', (_ctx, error) => details.push(Object(error).error_detail));

  async function ask(bearer = token): Promise<[number, unknown]> {
    const headers = { authorization: `Bearer ${bearer}` };
    const response = await fetch(`${issuer}/me`, { headers });
    return [response.status, Object(await response.json()).error];
  }

  const store = (changed: AdapterPayload) => records.set(key, { ...record, ...changed });
  return { ask, details, provider, store };
}

describe('introspection of a patched oidc-provider', () => {
  it('answers for opaque tokens, and refuses JWTs', async (t) => {
    patchEngine();
    const { post, obtainTokens } = await startBareProvider(t, introspects);
    const { access_token: token = '' } = await obtainTokens();
    const introspect = async (presented: string) => {
      const form = { ...credentialsOf(client), token: presented };
      return Object(await (await post('/token/introspection', form)).json());
    };
    const jwt = `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`;

    assert.equal((await introspect(token)).active, true);
    assert.equal((await introspect('unknown')).active, false);
    assert.equal((await introspect('with.dots')).active, false);
    assert.equal((await introspect(jwt)).error, 'unsupported_token_type');
  });
});

describe('a kept client of oidc-provider', () => {
  it('is the same object until the adapter returns another payload', async (t) => {
    const { provider, rename } = await startWithPayload(t);

    const first = await provider.Client.find('stored');
    const again = await provider.Client.find('stored');
    rename('after');
    const changed = await provider.Client.find('stored');

    assert.equal(again, first);
    assert.equal(changed?.clientName, 'after');
  });

  it('belongs to the payload that was read, even if another one is stored meanwhile', async (t) => {
    const { provider, rename } = await startWithPayload(t);

    const finding = provider.Client.find('stored');
    rename('after');
    const found = await finding;

    assert.equal(found?.clientName, 'before');
    assert.equal((await provider.Client.find('stored'))?.clientName, 'after');
  });

  it('is released together with the payload', async (t) => {
    const { provider, records } = await startWithPayload(t);
    await provider.Client.find('stored');

    records.delete('Client stored');

    assert.equal(await provider.Client.find('stored'), undefined);
    assert.equal(await provider.Client.find(''), undefined);
  });
});

async function startWithPayload(t: TestContext) {
  const { provider, records } = await startBareProvider(t);
  keepParsedClients(provider);
  const payload: AdapterPayload = { ...client, client_id: 'stored', client_name: 'before' };
  records.set('Client stored', payload);
  const rename = (name: string) => records.set('Client stored', { ...payload, client_name: name });
  return { provider, records, rename };
}

// Clients, APIs, keys and access tokens for requests with DPoP proofs.
import assert from 'node:assert/strict';
import type { TestApp } from '#test/support/app.ts';
import type { RegisteredApp } from '#test/support/data/registrations.ts';
import { serviceFacts } from '#test/support/data/service-facts.ts';
import { createProofKey, type ProofKey } from './dpop-proofs.ts';
import { tokenRequest, withProof, type TokenForm } from '#test/support/fast-path/scenarios.ts';
import type { TwoWays } from '#test/support/fast-path/two-ways.ts';

export type ProvenMaterials = Awaited<ReturnType<typeof createProvenMaterials>>;

export async function createProvenMaterials(app: TestApp, ways: TwoWays) {
  const apis = {
    opaque: await app.createApi({ scopes: ['read'] }),
    jwt: await app.createApi({ scopes: ['read'], accessTokenFormat: 'jwt' }),
  };
  const clients = await createClients(app);
  const [key, other] = [await createProofKey(), await createProofKey()];
  const target = { method: 'POST', url: `${app.issuer}/oauth2/token` } as const;

  async function issue(client: RegisteredApp, form: TokenForm, proving?: ProofKey) {
    const plain = tokenRequest(app, client, form);
    const request = proving ? withProof(plain, proving.place(target)) : plain;
    const { status, text } = await ways.send('engine', request);
    assert.equal(status, 200, text);
    return String(JSON.parse(text).access_token);
  }

  async function ofUser(proving?: ProofKey): Promise<string> {
    const rp = await app.relyingPartyOf(clients.publicApp);
    const { code, redirectUri, verifier } = await rp.authorize(await app.createUser());
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri };
    return issue(clients.publicApp, { ...form, code_verifier: verifier }, proving);
  }

  const revoked = await ofUser(key);
  await (await app.relyingPartyOf(clients.publicApp)).revoke(revoked);
  const grant_type = 'client_credentials';
  const tokens = {
    bound: await ofUser(key),
    ofOtherKey: await ofUser(other),
    unbound: await ofUser(),
    revoked,
    ofService: await issue(clients.service, { grant_type }, key),
    jwt: await issue(clients.service, { grant_type, resource: apis.jwt.audience }, key),
  };
  return { issuer: app.issuer, apis, clients, key, other, tokens };
}

async function createClients(app: TestApp) {
  const basic = { auth: 'client_secret_basic', ...serviceFacts } as const;
  const signing = { auth: 'private_key_jwt', ...serviceFacts } as const;
  const bound = { dpop_bound_access_tokens: true };
  return {
    service: await app.createClient(basic),
    bound: await app.createClient({ ...basic, ...bound }),
    strict: await app.createClient({ ...basic, ...bound, dpop_nonce_required: true }),
    withKey: await app.createClient(signing),
    boundWithKey: await app.createClient({ ...signing, ...bound }),
    publicApp: await app.createClient(),
  } satisfies Record<string, RegisteredApp>;
}

// Initial access tokens (RFC 7591 §3) with CLIENT_REGISTRATION=token, made and revoked by operators,
// and software statements (RFC 7591 §2.3).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey } from 'jose';
import { createApiClient, itemsOf } from '#test/support/actors/api-client.ts';
import { describeApp } from '#test/support/app.ts';
import { createRegistrationClient, webClient } from '#test/support/steps/client-registration.ts';

describeApp(
  'registration with an initial access token',
  { settings: { CLIENT_REGISTRATION: 'token' } },
  (app) => {
    it('is refused without a token, and with one that is unknown, revoked or expired', async () => {
      const { register } = createRegistrationClient(app());
      const api = await createApiClient(app());
      const revoked = await api.post('initial-access-tokens', {});
      await api.delete(`initial-access-tokens/${String(revoked.body['id'])}`);
      const expired = await api.post('initial-access-tokens', {});
      await app()
        .services.db.knex('initial_access_tokens')
        .where({ id: expired.body['id'] })
        .update({ expires_at: new Date(Date.now() - 1000) });

      const kept = [revoked, expired].map(({ body }) => String(body['token']));
      const tokens = [undefined, 'ost_iat_unknown', ...kept];
      for (const token of tokens) {
        const answer = await register(webClient, token);
        assert.deepEqual([answer.status, answer.body['error']], [401, 'invalid_token']);
        assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer realm=/);
      }
    });

    it('succeeds as often as the token permits, even at the same time', async () => {
      const { register } = createRegistrationClient(app());
      const api = await createApiClient(app());
      const { body } = await api.post('initial-access-tokens', { max_uses: 2 });

      const answers = await Promise.all(
        [1, 2, 3, 4].map(() => register(webClient, String(body['token']))),
      );

      const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
      assert.deepEqual(statuses, [201, 201, 401, 401]);
      const shown = await api.get(`initial-access-tokens/${String(body['id'])}`);
      assert.deepEqual([shown.body['uses'], shown.body['max_uses']], [2, 2]);
    });

    it('does not use up a token when the registration is refused', async () => {
      const { register } = createRegistrationClient(app());
      const api = await createApiClient(app());
      const { body } = await api.post('initial-access-tokens', {});
      const token = String(body['token']);

      assert.equal((await register({ redirect_uris: ['javascript:x'] }, token)).status, 400);
      assert.equal((await register(webClient, token)).status, 201);
    });

    it('uses tokens that are stored hashed and shown once, each in the audit log', async () => {
      const api = await createApiClient(app());
      const request = {
        body: { description: 'Partner', max_uses: 3, lifetime_seconds: 3600 },
        headers: { 'idempotency-key': 'partner' },
      };
      const created = await api.call('POST', 'initial-access-tokens', request);
      const again = await api.call('POST', 'initial-access-tokens', request);

      const { token, ...shown } = created.body;
      assert.match(String(token), /^ost_iat_[\w-]{43}$/);
      assert.deepEqual([again.status, again.body], [201, shown]);
      assert.deepEqual(itemsOf(await api.get('initial-access-tokens')).at(-1), shown);
      const { db } = app().services;
      const rows = JSON.stringify(await db.knex('initial_access_tokens').select('*'));
      assert.equal(rows.includes(String(token)), false);
      await api.delete(`initial-access-tokens/${String(shown['id'])}`);
      const events: { event: string }[] = await db
        .knex('audit_events')
        .select('event')
        .whereRaw(`details ->> 'initialAccessToken' = ?`, [String(shown['id'])]);
      assert.deepEqual(
        events.map(({ event }) => event),
        ['initial_access_token.created', 'initial_access_token.revoked'],
      );
    });

    it('needs the right to manage clients', async () => {
      const reading = await createApiClient(app(), ['clients:read']);

      assert.equal((await reading.post('initial-access-tokens', {})).status, 403);
      const issuer = { issuer: 'https://x.example', jwks_uri: 'https://x.example/jwks' };
      assert.equal((await reading.post('software-statement-issuers', issuer)).status, 403);
    });
  },
);

describeApp('a software statement', { settings: { CLIENT_REGISTRATION: 'open' } }, (app) => {
  it('overrides what the client says about itself, and is returned unchanged', async () => {
    const { register, read, update } = createRegistrationClient(app());
    const issuer = await aTrustedIssuer();
    const statement = await issuer.sign({ client_name: 'Certified', scope: 'openid email' });

    const { status, body } = await register({
      ...webClient,
      client_name: 'Liar',
      software_statement: statement,
    });

    assert.equal(status, 201, JSON.stringify(body));
    assert.deepEqual([body['client_name'], body['scope']], ['Certified', 'openid email']);
    assert.equal(body['software_statement'], statement);
    assert.equal((await read(body)).body['software_statement'], statement);
    const changed = await update(body, webClient);
    assert.equal('software_statement' in changed.body, false);
  });

  it('is unapproved if its issuer is unknown or no longer trusted', async () => {
    const { register } = createRegistrationClient(app());
    const api = await createApiClient(app());
    const issuer = await aTrustedIssuer();
    const statement = await issuer.sign({ client_name: 'Certified' });
    const path = `software-statement-issuers/${issuer.id}`;
    assert.equal((await api.get(path)).body['issuer'], issuer.name);
    assert.equal((await api.delete(path)).status, 200);

    const answer = await register({ ...webClient, software_statement: statement });

    const { error } = answer.body;
    assert.deepEqual([answer.status, error], [400, 'unapproved_software_statement']);
  });

  it('is invalid if it is unsigned, forged, expired, signed with a secret or no JWT', async () => {
    const { register } = createRegistrationClient(app());
    const issuer = await aTrustedIssuer();
    const other = await generateKeyPair('ES256');
    const unsigned = new UnsecuredJWT({ client_name: 'x' }).setIssuer(issuer.name).encode();
    const secret = new TextEncoder().encode('a secret that anyone may know, 32 bytes');
    const withSecret = await new SignJWT({ client_name: 'x' })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(issuer.name)
      .sign(secret);
    for (const statement of [
      unsigned,
      withSecret,
      await issuer.sign({ client_name: 'x' }, other.privateKey),
      await issuer.sign({ client_name: 'x', exp: Math.floor(Date.now() / 1000) - 3600 }),
      'no.jwt',
      7,
    ]) {
      const answer = await register({ ...webClient, software_statement: statement });
      const { error } = answer.body;
      assert.deepEqual([answer.status, error], [400, 'invalid_software_statement']);
    }
  });

  it('does not permit more than the policy', async () => {
    const { register } = createRegistrationClient(app());
    const issuer = await aTrustedIssuer();
    const statement = await issuer.sign({ scope: 'openid users:read', first_party: true });

    const answer = await register({ ...webClient, software_statement: statement });

    assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_client_metadata']);
  });

  it('needs an issuer with public keys, or an https URL of them', async () => {
    const api = await createApiClient(app());
    const name = 'https://statements.example/x';
    for (const body of [
      { issuer: name },
      { issuer: name, jwks_uri: 'http://statements.example/jwks' },
      { issuer: name, jwks_uri: 'https://127.0.0.1/jwks' },
      { issuer: name, jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } },
      { issuer: name, jwks: { keys: [{ kty: 'EC', d: 'x' }] } },
      { issuer: name, jwks: { keys: [] } },
      { issuer: 'with space', jwks_uri: 'https://statements.example/jwks' },
    ]) {
      const answer = await api.post('software-statement-issuers', body);
      assert.equal(answer.status, 400, JSON.stringify(body));
    }
  });

  async function aTrustedIssuer() {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const name = `https://statements.example/${crypto.randomUUID()}`;
    const api = await createApiClient(app());
    const jwks = { keys: [await exportJWK(publicKey)] };
    const trusted = await api.post('software-statement-issuers', { issuer: name, jwks });
    assert.equal(trusted.status, 201, trusted.text);
    const sign = (claims: object, key: CryptoKey = privateKey) =>
      new SignJWT({ ...claims }).setProtectedHeader({ alg: 'ES256' }).setIssuer(name).sign(key);
    return { name, id: String(trusted.body['id']), sign };
  }
});

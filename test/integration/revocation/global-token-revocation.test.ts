// Global Token Revocation (draft-parecki-oauth-global-token-revocation-06): authorization of the
// caller, subject identifiers and the effect on sessions and tokens.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { exportJWK, generateKeyPair } from 'jose';
import { createApiClient, itemsOf } from '#test/support/actors/api-client.ts';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import { assertInvalidGrant, atOnce, offline } from '#test/support/data/outcomes.ts';
import { aRevocationTool, revocationPath } from '#test/support/actors/revocation-client.ts';

describeOnEachArrangement('global token revocation', (app) => {
  it('revokes all sessions and tokens of the user, who may sign in again', async (t) => {
    const clock = holdClock(t);
    const tool = await aRevocationTool(app());
    const { person, rp, login } = await aSignedInPerson(app());

    const answer = await tool.revoke({ format: 'opaque', id: person.id });

    assert.deepEqual([answer.status, answer.text], [204, '']);
    assert.equal(await rp.isActive(login.accessToken), false);
    assert.equal((await rp.tryUserinfo(login.accessToken)).status, 401);
    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
    const again = await login.browser.open((await rp.request()).url);
    assert.equal(again.has('sign-in'), true, 'the user has to sign in again (§3.3)');
    // Tokens issued in the same second as the not-before time are treated as older than it.
    clock.advance(1);
    assert.notEqual((await rp.login(person)).accessToken, '');
  });

  it('records the revocation and its caller in the audit log', async () => {
    const tool = await aRevocationTool(app());
    const { person } = await aSignedInPerson(app());
    const api = await createApiClient(app(), ['audit:read']);

    await tool.revoke({ format: 'iss_sub', iss: app().issuer, sub: person.id });

    const query = { user_id: person.id, event: 'user.tokens_revoked' };
    const [entry] = itemsOf(await api.get('audit', query));
    assert.deepEqual(entry?.['actor'], { kind: 'client', id: tool.clientId });
  });

  it('accepts an assertion only once, even concurrently (§3.5)', async () => {
    const tool = await aRevocationTool(app());
    const { person } = await aSignedInPerson(app());
    const assertion = await tool.sign();
    const body = { sub_id: { format: 'opaque', id: person.id } };

    const answers = await atOnce(() => tool.send(assertion, body));

    const accepted = answers.filter(({ status }) => status === 204);
    assert.deepEqual([accepted.length, answers.length], [1, 20]);
  });
});

describeApp('subject identifiers of global token revocation (RFC 9493)', {}, (app) => {
  it('accepts a subject in the format iss_sub, opaque, email or aliases', async () => {
    const tool = await aRevocationTool(app());
    const person = await app().createUser();
    const issSub = { format: 'iss_sub', iss: app().issuer, sub: person.id };
    const email = { format: 'email', email: person.email.toUpperCase() };
    const opaque = { format: 'opaque', id: person.id };
    const aliases = { format: 'aliases', identifiers: [issSub, email, opaque] };

    for (const subject of [issSub, email, opaque, aliases]) {
      assert.equal((await tool.revoke(subject)).status, 204, subject.format);
    }
  });

  it('answers 404 if the user is unknown (§3.4.2)', async () => {
    const tool = await aRevocationTool(app());
    const person = await app().createUser();
    const unknown = [
      { format: 'opaque', id: randomUUID() },
      { format: 'opaque', id: 'e193177dfdc52e3dd03f78c' },
      { format: 'email', email: 'nobody@example.com' },
      { format: 'iss_sub', iss: 'https://other.example', sub: person.id },
      { format: 'aliases', identifiers: [{ format: 'opaque', id: randomUUID() }] },
    ];

    for (const subject of unknown) {
      assert.equal((await tool.revoke(subject)).status, 404, JSON.stringify(subject));
    }
  });

  it('answers 422 and revokes nothing if the subject matches several users', async () => {
    const tool = await aRevocationTool(app());
    const { person, rp, login } = await aSignedInPerson(app());
    const other = await app().createUser();
    const identifiers = [person, other].map(({ id }) => ({ format: 'opaque', id }));

    const answer = await tool.revoke({ format: 'aliases', identifiers });

    assert.equal(answer.status, 422, answer.text);
    assert.equal(await rp.isActive(login.accessToken), true);
  });

  it('answers 400 to a malformed subject identifier', async () => {
    const tool = await aRevocationTool(app());
    const person = await app().createUser();
    const opaque = { format: 'opaque', id: person.id };
    const wrong: readonly unknown[] = [
      null,
      'x',
      [],
      {},
      { format: 'phone_number', phone_number: '+1' },
      { format: 'toString' },
      { format: ['opaque'], id: person.id },
      { format: 'opaque' },
      { format: 'opaque', id: '' },
      { format: 'opaque', id: [person.id] },
      { format: 'opaque', id: { $ne: 1 } },
      { ...opaque, email: person.email },
      { format: 'email', email: 'Ann <ann@example.com>' },
      { format: 'aliases', identifiers: [] },
      { format: 'aliases', identifiers: [{ format: 'aliases', identifiers: [opaque] }] },
    ];

    for (const subject of wrong) {
      const answer = await tool.revoke(subject);
      assert.equal(answer.status, 400, JSON.stringify(subject));
      assert.match(answer.text, /"error":"invalid_request"/);
    }
    for (const body of [{}, { sub_id: opaque, all: true }, { subject: opaque }, [], 'x']) {
      assert.equal((await tool.send(await tool.sign(), body)).status, 400, JSON.stringify(body));
    }
  });

  it('accepts only POST requests with JSON', async () => {
    const tool = await aRevocationTool(app());
    const { send, issuer } = app();
    const headers = { authorization: `Bearer ${await tool.sign()}`, 'content-type': 'text/plain' };

    const form = await send(`${issuer}${revocationPath}`, { method: 'POST', headers, body: '{}' });
    const get = await send(`${issuer}${revocationPath}`);

    assert.deepEqual([form.status, get.status, get.headers.get('allow')], [415, 405, 'POST']);
  });
});

describeApp('authorization of global token revocation (§3.5, §7.1)', {}, (app) => {
  it('refuses an assertion with an invalid claim, header or key', async () => {
    const tool = await aRevocationTool(app());
    const { issuer } = app();
    const endpoint = `${issuer}${revocationPath}`;
    const now = Math.floor(Date.now() / 1000);
    const unregistered = await generateKeyPair('ES256');
    const wrong: Readonly<Record<string, Promise<string>>> = {
      'for the issuer': tool.sign({ aud: issuer }),
      'for the token endpoint': tool.sign({ aud: `${issuer}/oauth2/token` }),
      'for several audiences': tool.sign({ aud: [endpoint, 'https://other.example'] }),
      expired: tool.sign({ iat: now - 400, exp: now - 100 }),
      'issued in the future': tool.sign({ iat: now + 300, exp: now + 500 }),
      'with too long a lifetime': tool.sign({ iat: now, exp: now + 3600 }),
      'without exp': tool.sign({ exp: undefined }),
      'without iat': tool.sign({ iat: undefined }),
      'without jti': tool.sign({ jti: undefined }),
      'of another issuer': tool.sign({ iss: 'https://idp.example' }),
      'of another client': tool.sign({ sub: 'nobody', iss: 'nobody' }),
      'of another type': tool.sign({}, { typ: 'at+jwt' }),
      'with a jwk header': tool.sign({}, { jwk: await exportJWK(unregistered.publicKey) }),
      'with a jku header': tool.sign({}, { jku: 'https://evil.example/keys' }),
      'signed with an unregistered key': tool.sign({}, {}, unregistered.privateKey),
    };
    const person = await app().createUser();
    const body = { sub_id: { format: 'opaque', id: person.id } };

    for (const [what, assertion] of Object.entries(wrong)) {
      const answer = await tool.send(await assertion, body);
      assert.deepEqual([answer.status, answer.text], [401, '{"error":"invalid_token"}'], what);
      assert.match(answer.headers.get('www-authenticate') ?? '', /error="invalid_token"/);
    }
    assert.equal((await tool.revoke(body.sub_id)).status, 204);
  });

  it('refuses access tokens, unsigned assertions and requests without a token', async () => {
    const tool = await aRevocationTool(app());
    const api = await createApiClient(app());
    const [header = '', claims = ''] = (await tool.sign()).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');

    for (const token of [
      String(api.accessToken),
      `${none}.${claims}.`,
      `${header}.${claims}.`,
      'x',
    ]) {
      assert.equal((await tool.send(token, {})).status, 401, token);
    }
    const { send, issuer } = app();
    const bare = await send(`${issuer}${revocationPath}`, { method: 'POST' });
    assert.equal(bare.status, 401);
    assert.equal(bare.headers.get('www-authenticate'), `Bearer realm="${issuer}"`);
  });

  it('refuses a client without the scope global_token_revocation', async () => {
    const tool = await aRevocationTool(app(), { scope: 'openid' });
    const person = await app().createUser();

    const answer = await tool.revoke({ format: 'opaque', id: person.id });

    assert.deepEqual([answer.status, answer.text], [403, '{"error":"insufficient_scope"}']);
    assert.match(answer.headers.get('www-authenticate') ?? '', /scope="global_token_revocation"/);
  });

  it('refuses a client that is blocked or does not use private_key_jwt', async () => {
    const tool = await aRevocationTool(app());
    const secret = await aRevocationTool(app(), {
      token_endpoint_auth_method: 'client_secret_basic',
    });
    const person = await app().createUser();
    const subject = { format: 'opaque', id: person.id };

    assert.equal((await secret.revoke(subject)).status, 401);
    await app().services.blocking.blockClient(tool.clientId, { kind: 'operator' });
    assert.equal((await tool.revoke(subject)).status, 401);
  });

  it('accepts the issuer that was registered for the client', async () => {
    const issuer = 'https://idp.example';
    const tool = await aRevocationTool(app(), { global_token_revocation_issuer: issuer });
    const person = await app().createUser();
    const body = { sub_id: { format: 'opaque', id: person.id } };
    const typ = 'global-token-revocation+jwt';

    const answer = await tool.send(await tool.sign({ iss: issuer }, { typ }), body);

    assert.equal(answer.status, 204, answer.text);
  });

  it('publishes the endpoint in both discovery documents (§6)', async () => {
    const { send, issuer } = app();

    for (const name of ['openid-configuration', 'oauth-authorization-server']) {
      const response = await send(`${issuer}/.well-known/${name}`);
      const metadata: Record<string, unknown> = JSON.parse(await response.text());
      assert.equal(metadata['global_token_revocation_endpoint'], `${issuer}${revocationPath}`);
      const methods = metadata['global_token_revocation_endpoint_auth_methods_supported'];
      assert.deepEqual(methods, ['private_key_jwt']);
    }
  });
});

async function aSignedInPerson(app: TestApp) {
  const person = await app.createUser();
  const rp = await app.relyingParty();
  return { person, rp, login: await rp.login(person, offline) };
}

// Pairwise subject identifiers (OpenID Connect Core §8), on two nodes.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it } from 'node:test';
import { decodeJwt } from 'jose';
import { createSubjectKey } from '#core/keys/subjects/subject-key.service.ts';
import { createSubjectKeyStore } from '#core/keys/subjects/subject-key.store.ts';
import { issueLogoutToken } from '#oidc/patches/private-members.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { createKeyring } from '#platform/crypto/encryption.ts';
import { createOidcProvider } from '#server/oidc-provider.ts';
import { offline } from '#test/support/data/outcomes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';

const pairwise = { auth: 'client_secret_basic', subject_type: 'pairwise' } as const;
const at = (host: string) => ({ redirect_uris: [`https://${host}/cb`] });

describeNodes('a pairwise subject', { settings: {} }, (nodes) => {
  it('is the same on both nodes and in a sector, and another in every other sector', async () => {
    const person = await nodes().createUser();
    const first = await nodes().relyingParty({ ...pairwise, ...at('a.example') });
    const same = await nodes().relyingParty({ ...pairwise, ...at('a.example') });
    const other = await nodes().relyingParty({ ...pairwise, ...at('b.example') });
    const elsewhere = await first.through(nodes().at(1).send);

    const subjects = [];
    for (const rp of [first, elsewhere, same, other]) {
      subjects.push((await rp.login(person)).claims['sub']);
    }

    const [own, again, sector, foreign] = subjects;
    assert.deepEqual([again, sector], [own, own]);
    assert.equal(new Set([own, foreign, person.id]).size, 3);
  });

  it('is in userinfo, introspection responses and JWT access tokens, after a refresh, too', async () => {
    const api = await nodes().createApi({ accessTokenFormat: 'jwt' });
    const person = await nodes().createUser();
    const rp = await nodes().relyingParty({ ...pairwise, resources: [api.audience] });
    const elsewhere = await rp.through(nodes().at(1).send);
    const server = await nodes().relyingParty({
      auth: 'client_secret_basic',
      resources: [api.audience],
    });

    const login = await rp.login(person, offline);
    const sub = String(login.claims['sub']);
    const userinfo = await elsewhere.userinfo(login);
    const refreshed = await elsewhere.refresh(login.refreshToken);
    const scoped = await rp.login(person, { resource: api.audience, scope: 'openid read' });
    const seen = await server.introspect(scoped.accessToken);

    assert.equal(userinfo['sub'], sub);
    assert.equal(refreshed.claims['sub'], sub);
    assert.equal((await rp.introspect(login.accessToken)).body['sub'], sub);
    assert.deepEqual([seen.body['active'], seen.body['sub']], [true, sub]);
    const claims = decodeJwt(scoped.accessToken);
    assert.equal(claims.sub, sub);
    assert.equal(JSON.stringify(claims).includes(person.id), false);
  });

  it('ends with the user: a block takes effect on JWT access tokens of both nodes', async () => {
    const api = await nodes().createApi({ accessTokenFormat: 'jwt' });
    const person = await nodes().createUser();
    const rp = await nodes().relyingParty({ ...pairwise, resources: [api.audience] });
    const elsewhere = await rp.through(nodes().at(1).send);
    const { accessToken } = await rp.login(person, { resource: api.audience });
    assert.equal(await elsewhere.isActive(accessToken), true);

    const by = { kind: 'operator' } as const;
    await nodes().services.blocking.blockUser({ userId: person.id, reason: 'a test', by });

    assert.equal(await rp.isActive(accessToken), false);
  });

  it('names the user as id_token_hint, and signs the session out without confirmation', async () => {
    const person = await nodes().createUser();
    const rp = await nodes().relyingParty({
      ...pairwise,
      post_logout_redirect_uris: ['https://rp.example/out'],
    });
    const login = await rp.login(person);
    const { idToken: hint, browser } = login;

    const silent = await rp.authorize(person, { id_token_hint: hint, prompt: 'none' }, browser);
    const fresh = await rp.authorize(person, { id_token_hint: hint, prompt: 'login' }, browser);
    const { idToken } = await rp.exchange(fresh);
    const signedOut = await browser.open(
      rp.logoutUrl({ id_token_hint: idToken, post_logout_redirect_uri: 'https://rp.example/out' }),
    );
    const stranger = await nodes().createUser();
    const other = await rp.login(stranger);
    const refused = await other.browser.open(
      (await rp.request({ id_token_hint: hint, prompt: 'none' })).url,
    );

    assert.notEqual(silent.code, '');
    assert.equal(signedOut.url.href, 'https://rp.example/out');
    assert.equal(refused.url.searchParams.get('error'), 'login_required');
  });

  it('is in logout tokens', async () => {
    const person = await nodes().createUser();
    const rp = await nodes().relyingParty(pairwise);
    const { claims } = await rp.login(person);
    const { provider } = await createOidcProvider(nodes().services);
    const client = await provider.Client.find(rp.app.clientId);
    assert.ok(client);

    const token = await issueLogoutToken(provider, client, {
      sub: person.id,
      jti: 'an id',
      sid: undefined,
    });

    assert.equal(decodeJwt(token).sub, claims['sub']);
  });

  it('is not the actor of the management API, which knows users by their ids', async () => {
    const person = await nodes().createUser();
    const { services, issuer } = nodes();
    await createCommandRunner(services).done(['user', 'set-admin', person.id]);
    const scope = 'openid users:read';
    const rp = await nodes().relyingParty({ ...pairwise, scope });

    const { accessToken } = await rp.login(person, { scope, resource: `${issuer}/auth/api` });
    const answer = await rp.send(`${issuer}/auth/api/v1/users/${person.id}`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });

    assert.equal(answer.status, 200, await answer.text());
  });

  it('needs a sector: redirect URIs, or sector_identifier_uri', async () => {
    const service = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [] };

    await assert.rejects(nodes().createClient({ ...pairwise, ...service }), {
      code: 'invalid_input',
      message: /subject_type pairwise requires sector_identifier_uri/,
    });
  });

  it('does not change with the encryption keys', async () => {
    const { services } = nodes();
    const [key] = services.config.encryptionKeys;
    assert.ok(key);
    const store = createSubjectKeyStore(services.db);
    const rotated = createKeyring([{ id: 'fresh', key: randomBytes(32) }, key]);

    const before = await services.subjectKey.subjectOf('a.example', 'user');
    const { now } = services;
    const after = await createSubjectKey({ store, keyring: rotated, now }).subjectOf(
      'a.example',
      'user',
    );

    assert.equal(after, before);
  });

  it('needs one sector: hosts of several redirect URIs need a sector_identifier_uri', async () => {
    const redirect_uris = ['https://a.example/cb', 'https://b.example/cb'];
    const unreachable = { sector_identifier_uri: 'https://127.0.0.1:1/sector.json' };

    await assert.rejects(nodes().createClient({ ...pairwise, redirect_uris }), {
      message: /sector_identifier_uri is mandatory/,
    });
    await assert.rejects(nodes().createClient({ ...pairwise, redirect_uris, ...unreachable }), {
      message: /could not load sector_identifier_uri/,
    });
  });
});

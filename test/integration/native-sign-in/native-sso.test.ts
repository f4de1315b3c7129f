// OpenID Connect Native SSO 1.0 on two nodes: apps of one group share the sign-in on a device, and what ends
// it.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeJwt } from 'jose';
import { nativeClient } from '#test/support/actors/native-app.ts';
import { answerOf } from '#test/support/actors/relying-party-types.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import { assertRefused } from '#test/support/data/outcomes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import { newNativeApp, passwordStep } from '#test/support/steps/native-sign-in.ts';
import { exchangeGrant } from '#test/support/steps/token-exchange.ts';

const group = {
  native_sso_group: 'acme',
  grant_types: ['authorization_code', 'refresh_token', exchangeGrant],
} as const;
const operator = { kind: 'operator' } as const;

describeNodes('native SSO', { settings: { NATIVE_SIGN_IN: 'on' } }, (nodes) => {
  sharing(nodes);
  refusals(nodes);
  ending(nodes);
});

type Shared = Awaited<ReturnType<typeof signIn>>;

/** A user who has signed in to the first of two apps. */
async function signIn(
  nodes: Nodes,
  request: Readonly<Record<string, string>> = { scope: 'openid email device_sso' },
  person?: Person,
) {
  const user = person ?? (await nodes.createUser());
  const [first, second] = [await newNativeApp(nodes, group), await newNativeApp(nodes, group)];
  const tokens = await first.tokensOf(await first.begin({ ...request, ...passwordStep(user) }));
  const parameters = {
    audience: nodes.issuer,
    subject_token: tokens.id_token ?? '',
    subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    actor_token: tokens.deviceSecret ?? '',
    actor_token_type: 'urn:openid:params:token-type:device-secret',
    scope: 'openid email',
  };
  return { person: user, first, second, tokens, parameters };
}

/** The exchange by the second app, changed by the fields. */
const exchange = ({ second, parameters }: Shared, fields: Readonly<Record<string, string>> = {}) =>
  second.request(exchangeGrant, { ...parameters, ...fields });

const tryExchange = async (shared: Shared, fields: Readonly<Record<string, string>> = {}) =>
  answerOf(await exchange(shared, fields));

function sharing(nodes: () => Nodes): void {
  it('issues another app of the group its own tokens, in the same session', async () => {
    const shared = await signIn(nodes());
    const { person, first, second, tokens } = shared;

    const own = await second.accept(await exchange(shared, { scope: 'openid email device_sso' }));
    const again = await second.accept(await exchange(shared));
    const response = await second.request('refresh_token', {
      refresh_token: own.refresh_token ?? '',
    });
    const refreshed = await second.accept(response);

    assert.equal(typeof tokens.claims?.['ds_hash'], 'string');
    assert.equal(own.deviceSecret, tokens.deviceSecret);
    assert.equal(own.claims?.['ds_hash'], tokens.claims?.['ds_hash']);
    assert.equal(again.deviceSecret, undefined);
    const { sub, aud, acr, auth_time: at } = { ...own.claims };
    assert.deepEqual([sub, aud], [person.id, second.client.client_id]);
    assert.deepEqual([acr, at], [tokens.claims?.['acr'], tokens.claims?.auth_time]);
    assert.notEqual(own.claims?.['sid'], tokens.claims?.['sid']);
    assert.equal(own.issuedTokenType, 'urn:ietf:params:oauth:token-type:access_token');
    assert.equal((await second.userinfo(own.access_token, person.id)).email, person.email);
    assert.equal(refreshed.claims?.sub, person.id);
    const { knex } = nodes().services.db;
    const [session, ...others] = await knex('sessions').where({ user_id: person.id });
    const members = [first.client.client_id, second.client.client_id].toSorted();
    assert.deepEqual([Object.keys(session.authorizations).toSorted(), others], [members, []]);
    const entry = { user_id: person.id, event: 'token.exchanged' };
    assert.equal((await knex('audit_events').where(entry)).length, 2);
  });

  it('issues the secret only for the scope, and only to apps of a group', async () => {
    const person = await nodes().createUser();
    const { tokens } = await signIn(nodes(), { scope: 'openid email' }, person);
    const alone = await newNativeApp(nodes(), nativeClient);
    const scope = 'openid device_sso';
    const others = await alone.tokensOf(await alone.begin({ scope, ...passwordStep(person) }));

    for (const each of [tokens, others]) {
      assert.deepEqual([each.deviceSecret, each.claims?.['ds_hash']], [undefined, undefined]);
    }
  });
}

function refusals(nodes: () => Nodes): void {
  it('refuses tokens that do not belong together, and apps of other groups', async () => {
    const [shared, other] = [await signIn(nodes()), await signIn(nodes())];
    const stranger = await newNativeApp(nodes(), { ...group, native_sso_group: 'other' });
    const alone = await newNativeApp(nodes(), nativeClient);
    const { parameters } = shared;
    const secret = parameters.actor_token;
    const changed = `${secret.slice(0, -2)}${secret.endsWith('AA') ? 'BB' : 'AA'}`;
    const without = await shared.first.tokensOf(
      await shared.first.begin({ scope: 'openid', ...passwordStep(shared.person) }),
    );

    const answers = [
      await tryExchange(shared, { subject_token: other.parameters.subject_token }),
      await tryExchange(shared, { actor_token: other.parameters.actor_token }),
      await tryExchange(shared, { subject_token: without.id_token ?? '' }),
      await tryExchange(shared, { subject_token: shared.tokens.access_token }),
      await tryExchange(shared, { actor_token: changed }),
      await tryExchange(shared, { actor_token_type: 'urn:ietf:params:oauth:token-type:jwt' }),
      await answerOf(await stranger.request(exchangeGrant, parameters)),
    ];
    for (const answer of answers) assertRefused(answer, 400, 'invalid_request');
    const unregistered = await answerOf(await alone.request(exchangeGrant, parameters));
    assertRefused(unregistered, 400, 'unauthorized_client');
    assert.equal((await exchange(shared)).status, 200);
  });

  it('gives no access that the first app was not granted', async () => {
    const shared = await signIn(nodes());

    assertRefused(await tryExchange(shared, { scope: 'openid profile' }), 400, 'invalid_scope');
    const management = { resource: `${nodes().issuer}/auth/api`, scope: 'openid users:read' };
    const refused = await tryExchange(shared, management);
    assert.equal(refused.status, 400, refused.text);
    const audience = { audience: 'https://api.example.com' };
    assertRefused(await tryExchange(shared, audience), 400, 'invalid_target');
  });

  it('gives a token for an API with the scopes of the first app, and no more', async () => {
    const scopes = ['read', 'write'];
    const { audience: resource } = await nodes().createApi({ accessTokenFormat: 'jwt', scopes });
    const other = await nodes().createApi({ scopes });
    const shared = await signIn(nodes(), { scope: 'openid device_sso read', resource });

    const tokens = await shared.second.accept(
      await exchange(shared, { scope: 'openid read', resource }),
    );
    const more = await tryExchange(shared, { scope: 'openid read write', resource });
    const elsewhere = { scope: 'openid read', resource: other.audience };

    const { aud, scope, sub } = decodeJwt(tokens.access_token);
    assert.deepEqual([aud, scope, sub], [resource, 'read', shared.person.id]);
    assertRefused(more, 400, 'invalid_scope');
    assertRefused(await tryExchange(shared, elsewhere), 400, 'invalid_scope');
  });

  it('is only for apps of the operator with tokens bound to a key', async () => {
    for (const facts of [
      { first_party: false },
      { dpop_bound_access_tokens: false },
      { native_sso_group: 'a b' },
      { profile: 'oauth2.1' },
    ]) {
      const metadata = { ...nativeClient, first_party_native: false, ...group, ...facts };
      await assert.rejects(nodes().createClient(metadata), /native_sso_group/);
    }
  });
}

function ending(nodes: () => Nodes): void {
  it('ends at once with the sign-out, including tokens that were exchanged before', async () => {
    const shared = await signIn(nodes());
    const { person, second } = shared;
    const own = await second.accept(await exchange(shared));

    await nodes().services.blocking.endSessionsOf(person.id, operator);

    assertRefused(await tryExchange(shared), 400, 'invalid_request');
    const parameters = { refresh_token: own.refresh_token ?? '' };
    const refreshed = await answerOf(await second.request('refresh_token', parameters));
    assertRefused(refreshed, 400, 'invalid_grant');
    await assert.rejects(second.userinfo(own.access_token, person.id));
  });

  it('ends at once when the user is blocked, and when the first app is', async () => {
    const [shared, other] = [await signIn(nodes()), await signIn(nodes())];
    const { blocking } = nodes().services;

    await blocking.blockUser({ userId: shared.person.id, reason: 'test', by: operator });
    await blocking.blockClient(other.first.client.client_id, operator);

    assertRefused(await tryExchange(shared), 400, 'invalid_request');
    assertRefused(await tryExchange(other), 400, 'invalid_request');
  });

  it('leaves nothing valid when the sign-out and exchanges are concurrent', async () => {
    const shared = await signIn(nodes());
    const { person, second } = shared;

    const [answers] = await Promise.all([
      Promise.all([0, 1, 2, 3].map(() => tryExchange(shared))),
      nodes().services.blocking.endSessionsOf(person.id, operator),
    ]);

    for (const { status, body } of answers) {
      if (status !== 200) continue;
      await assert.rejects(second.userinfo(String(body['access_token']), person.id));
    }
  });
}

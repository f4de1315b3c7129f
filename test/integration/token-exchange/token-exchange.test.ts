// Token exchange (RFC 8693) on two nodes: what a client may exchange, and what it receives.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeJwt } from 'jose';
import * as oauth from 'oauth4webapi';
import { readAccessToken } from '#test/support/actors/resource-server.ts';
import { transport } from '#test/support/actors/relying-party-types.ts';
import { assertRefused } from '#test/support/data/outcomes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import {
  accessTokenType,
  createChain,
  exchange,
  exchangeGrant,
  exchanger,
  signIn,
} from '#test/support/steps/token-exchange.ts';

describeNodes('token exchange (RFC 8693)', {}, (nodes) => {
  delegation(nodes);
  whoMayExchange(nodes);
});

function delegation(nodes: () => Nodes): void {
  it('issues a JWT for the second API that names the client as the actor', async () => {
    const chain = await createChain(nodes());
    const { person, service, invoices } = chain;
    const { accessToken } = await signIn(chain);
    const { accessToken: actorToken } = await service.clientCredentials();

    const { as, app, send } = await service.through(nodes().at(1).send);
    const client = { client_id: app.clientId };
    const response = await oauth.genericTokenEndpointRequest(
      as,
      client,
      app.auth,
      exchangeGrant,
      {
        subject_token: accessToken,
        subject_token_type: accessTokenType,
        actor_token: actorToken,
        actor_token_type: accessTokenType,
        resource: invoices.audience,
        scope: 'read',
      },
      transport(send),
    );
    const answer = await oauth.processGenericTokenEndpointResponse(as, client, response);

    assert.deepEqual(
      [answer['issued_token_type'], answer.token_type, answer.scope, answer.refresh_token],
      [accessTokenType, 'bearer', 'read', undefined],
    );
    const claims = await readAccessToken(service, answer.access_token, invoices.audience);
    assert.deepEqual(
      [claims.sub, claims.client_id, claims.scope, claims['act']],
      [person.id, app.clientId, 'read', { sub: app.clientId }],
    );
  });

  it('keeps the earlier actors, and introspection shows them', async () => {
    const chain = await createChain(nodes());
    const { service, backEnd, orders } = chain;
    const { accessToken } = await signIn(chain);

    const first = await exchange(service, accessToken);
    const second = await exchange(backEnd, String(first.body['access_token']));

    const { body } = await service.introspect(String(second.body['access_token']));
    const act = { sub: backEnd.app.clientId, act: { sub: service.app.clientId } };
    assert.deepEqual([body['active'], body['aud'], body['act']], [true, orders.audience, act]);
  });

  it('is refused after four actors', async () => {
    const chain = await createChain(nodes());
    const { service, backEnd } = chain;
    let token = (await signIn(chain)).accessToken;
    for (const client of [service, backEnd, service, backEnd]) {
      token = String((await exchange(client, token)).body['access_token']);
    }

    assertRefused(await exchange(service, token), 400, 'invalid_request');
  });

  it('is refused without an actor token, because that would be an impersonation', async () => {
    const chain = await createChain(nodes());
    const { accessToken } = await signIn(chain);

    const answer = await exchange(chain.service, accessToken, withoutActor);

    assertRefused(answer, 400, 'invalid_request');
  });

  it('names no actor if the client may impersonate users', async () => {
    const chain = await createChain(nodes(), { token_exchange_impersonation: true });
    const { accessToken } = await signIn(chain);

    const { body } = await exchange(chain.service, accessToken, withoutActor);

    const claims = decodeJwt(String(body['access_token']));
    assert.deepEqual([claims.sub, claims['act']], [chain.person.id, undefined]);
  });

  it('follows may_act of the subject token (RFC 8693 §4.4)', async () => {
    const other = await createChain(nodes(), {}, { may_act: { sub: 'another-client' } });
    const named = await createChain(nodes(), { client_id: `named-${Date.now()}` }, {});
    const { clientId } = named.service.app;
    const frontEnd = await nodes().relyingParty({ may_act: { sub: clientId } });

    const refused = await exchange(other.service, (await signIn(other)).accessToken);
    const { accessToken } = await signIn({ ...named, frontEnd });
    const allowed = await exchange(named.service, accessToken);

    assertRefused(refused, 400, 'invalid_request');
    assert.equal(allowed.status, 200, allowed.text);
  });

  it('is refused with an actor token of another client', async () => {
    const chain = await createChain(nodes());
    const { accessToken } = await signIn(chain);
    const foreign = await chain.backEnd.clientCredentials();

    for (const actor of [foreign.accessToken, accessToken, 'no token']) {
      const answer = await exchange(chain.service, accessToken, { actor_token: actor });
      assertRefused(answer, 400, 'invalid_request');
    }
  });
}

const withoutActor = { actor_token: undefined, actor_token_type: undefined };

function whoMayExchange(nodes: () => Nodes): void {
  it('is refused for a token that was not sent to an API of the client', async () => {
    const chain = await createChain(nodes());
    const { frontEnd, person, invoices, service } = chain;
    const foreign = await frontEnd.login(person, {
      resource: invoices.audience,
      scope: 'openid read',
    });
    const withoutAudience = await frontEnd.login(person);

    for (const { accessToken } of [foreign, withoutAudience]) {
      assertRefused(await exchange(service, accessToken), 400, 'invalid_request');
    }
  });

  it('is refused for everything that is not the access token of a user', async () => {
    const chain = await createChain(nodes());
    const login = await signIn(chain, { scope: 'openid read offline_access', prompt: 'consent' });
    const own = await chain.service.clientCredentials({ resource: chain.orders.audience });
    const forged = `${login.idToken.split('.').slice(0, 2).join('.')}.AAAA`;

    const others = [
      login.idToken,
      login.refreshToken,
      own.accessToken,
      forged,
      'no-token',
      'a.b.c',
    ];
    for (const token of others) {
      assertRefused(await exchange(chain.service, token), 400, 'invalid_request');
    }
    const missing = await exchange(chain.service, '', { subject_token: undefined });
    assertRefused(missing, 400, 'invalid_request');
  });

  it('is refused to a client without the grant type, and to one without authentication', async () => {
    const chain = await createChain(nodes());
    const { accessToken } = await signIn(chain);
    const plain = await nodes().relyingParty({
      auth: 'client_secret_basic',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      resources: [chain.orders.audience],
    });

    assertRefused(await exchange(plain, accessToken), 400, 'unauthorized_client');
    const client_id = chain.service.app.clientId;
    const anonymous = await chain.frontEnd.token({
      grant_type: exchangeGrant,
      client_id,
      subject_token: accessToken,
      subject_token_type: accessTokenType,
    });
    assertRefused(anonymous, 401, 'invalid_client');
  });

  it('cannot be registered by contradicting metadata', async () => {
    const { orders, invoices } = await createChain(nodes());
    const contradictions = [
      { auth: 'none' },
      { token_exchange_audiences: [] },
      { token_exchange_audiences: undefined },
      { token_exchange_audiences: 'orders' },
      { token_exchange_impersonation: 'yes' },
      { grant_types: ['client_credentials'] },
      { may_act: { sub: 1 } },
    ] as const;

    for (const facts of contradictions) {
      const metadata = exchanger(orders, [invoices], facts);
      await assert.rejects(nodes().relyingParty(metadata), /token_exchange_|may_act|confidential/);
    }
  });
}

// Exchanged tokens (RFC 8693) on two nodes: they grant no more than what they derive from, and
// end with it.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeJwt } from 'jose';
import { assertRefused, inactive, offline } from '#test/support/data/outcomes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import { createProvingSend } from '#test/support/steps/dpop.ts';
import { createChain, exchange, exchanger, signIn } from '#test/support/steps/token-exchange.ts';

describeNodes('exchanged token (RFC 8693)', {}, (nodes) => {
  scopeAndAudience(nodes);
  endsWithItsOrigin(nodes);
  senderConstraint(nodes);
});

function endsWithItsOrigin(nodes: () => Nodes): void {
  async function exchanged() {
    const chain = await createChain(nodes());
    const login = await signIn(chain);
    const answer = await exchange(chain.service, login.accessToken);
    assert.equal(answer.status, 200, answer.text);
    const second = await exchange(chain.backEnd, String(answer.body['access_token']));
    const tokens = [answer, second].map(({ body }) => String(body['access_token']));
    /** The responses of both nodes for the tokens from one and from two exchanges. */
    const introspected = async () => {
      const asked = [0, 1].flatMap((turn) =>
        tokens.map(async (token, index) => {
          const rp = index === 0 ? chain.backEnd : chain.service;
          return (await (await rp.through(nodes().at(turn).send)).introspect(token)).text;
        }),
      );
      return new Set(await Promise.all(asked));
    };
    assert.ok(![...(await introspected())].includes(inactive));
    return { ...chain, login, tokens, introspected };
  }

  const ends: Readonly<
    Record<string, (chain: Awaited<ReturnType<typeof exchanged>>) => Promise<unknown>>
  > = {
    'the user is blocked': ({ person }) =>
      nodes().services.blocking.blockUser({ userId: person.id, reason: 'a test', by }),
    'the user signs out': async ({ login }) => {
      const page = await login.browser.open('/oauth2/logout');
      await page.press('sign-out');
    },
    'the subject token is revoked': ({ frontEnd, login }) => frontEnd.revoke(login.accessToken),
    'the front end is blocked': ({ frontEnd }) =>
      nodes().services.blocking.blockClient(frontEnd.app.clientId, by),
  };
  const by = { kind: 'operator' } as const;

  for (const [cause, end] of Object.entries(ends)) {
    it(`ends on both nodes when ${cause}`, async () => {
      const chain = await exchanged();

      await end(chain);

      assert.deepEqual(await chain.introspected(), new Set([inactive]));
      const [token = ''] = chain.tokens;
      assertRefused(await exchange(chain.backEnd, token), 400, 'invalid_request');
      const again = await exchange(chain.service, chain.login.accessToken);
      assertRefused(again, 400, 'invalid_request');
    });
  }

  it('can be revoked by the client that exchanged it', async () => {
    const { service, backEnd, tokens } = await exchanged();
    const [token = ''] = tokens;

    await service.revoke(token);

    assert.equal((await backEnd.introspect(token)).text, inactive);
  });

  it('is recorded in the audit log with both clients and the actor', async () => {
    const { person, service, frontEnd, invoices } = await exchanged();

    const { items } = await nodes().services.auditSearch.search(
      { event: 'token.exchanged', userId: person.id, clientId: service.app.clientId },
      { after: undefined, limit: 10 },
    );

    const [entry] = items;
    assert.deepEqual(
      [entry?.actorKind, entry?.actorId, entry?.details['audience'], entry?.details['act']],
      ['client', service.app.clientId, invoices.audience, { sub: service.app.clientId }],
    );
    assert.equal(entry?.details['subjectClientId'], frontEnd.app.clientId);
  });
}

function senderConstraint(nodes: () => Nodes): void {
  it('keeps a sender constraint: the new token is bound to the key of the client', async () => {
    const chain = await createChain(nodes());
    const { frontEnd, service } = chain;
    const proving = await frontEnd.through(await createProvingSend(nodes().at(0).send));
    const callback = await proving.authorize(chain.person, {
      resource: chain.orders.audience,
      scope: 'openid read',
    });
    const { body: bound } = await proving.tryExchange(callback);
    const token = String(bound['access_token']);
    const { accessToken: actor } = await service.clientCredentials();

    const unbound = await exchange(service, token, { actor_token: actor });
    const withKey = await service.through(await createProvingSend(nodes().at(1).send));
    const answer = await exchange(withKey, token, { actor_token: actor });

    assert.equal(bound['token_type'], 'DPoP');
    assertRefused(unbound, 400, 'invalid_request');
    assert.equal(answer.body['token_type'], 'DPoP', answer.text);
    assert.ok(decodeJwt(String(answer.body['access_token']))['cnf']);
  });

  it('refuses an actor token that is bound to another key', async () => {
    const chain = await createChain(nodes());
    const { accessToken } = await signIn(chain);
    const withKey = await chain.service.through(await createProvingSend(nodes().at(0).send));
    const actor = await withKey.token({ grant_type: 'client_credentials' });

    const answer = await exchange(chain.service, accessToken, {
      actor_token: String(actor.body['access_token']),
    });

    assertRefused(answer, 400, 'invalid_request');
  });
}

function scopeAndAudience(nodes: () => Nodes): void {
  it('never grants a scope that the subject token does not have', async () => {
    const chain = await createChain(nodes());
    const { accessToken } = await signIn(chain, { scope: 'openid read' });

    for (const scope of ['write', 'read delete', 'delete']) {
      assertRefused(await exchange(chain.service, accessToken, { scope }), 400, 'invalid_scope');
    }
    const { body } = await exchange(chain.service, accessToken);
    assert.equal(body['scope'], 'read');
  });

  it('never grants a scope that the client was not registered for', async () => {
    const chain = await createChain(nodes(), { scope: 'read' });
    const { accessToken } = await signIn(chain, { scope: 'openid read write' });

    const { body } = await exchange(chain.service, accessToken);

    assert.equal(body['scope'], 'read');
  });

  it('never grants a scope that the roles of the user do not permit', async () => {
    const { orders, ...chain } = await createChain(nodes());
    const strict = await nodes().createApi({ scopes: ['read'], requiresPermission: true });
    const service = await nodes().relyingParty(exchanger(orders, [strict], {}));
    const { accessToken } = await signIn({ ...chain, orders });

    assertRefused(await exchange(service, accessToken), 400, 'invalid_scope');
  });

  it('is refused for an audience that the client was not registered for', async () => {
    const chain = await createChain(nodes());
    const { accessToken } = await signIn(chain);
    const other = await nodes().createApi();

    for (const target of [
      other.audience,
      'https://unknown.example/',
      `${nodes().issuer}/auth/api`,
    ]) {
      const answer = await exchange(chain.service, accessToken, { resource: target });
      assertRefused(answer, 400, 'invalid_target');
    }
    const { audience } = chain.invoices;
    const two = await exchange(chain.service, accessToken, {
      audience: [audience, other.audience],
    });
    assertRefused(two, 400, 'invalid_target');
  });

  it('never outlives the subject token', async () => {
    const chain = await createChain(nodes());
    const { accessToken, expiresIn = 0 } = await signIn(chain);
    const { body: subject } = await chain.service.introspect(accessToken);

    const { body } = await exchange(chain.service, accessToken);

    const { exp = 0 } = decodeJwt(String(body['access_token']));
    assert.ok(exp <= Number(subject['exp']), `${exp} is after ${String(subject['exp'])}`);
    assert.ok(Number(body['expires_in']) <= expiresIn);
  });

  it('issues access tokens only', async () => {
    const chain = await createChain(nodes());
    const { accessToken } = await signIn(chain, offline);

    for (const type of ['refresh_token', 'id_token', 'saml2', 'jwt']) {
      const requested_token_type = `urn:ietf:params:oauth:token-type:${type}`;
      const answer = await exchange(chain.service, accessToken, { requested_token_type });
      assertRefused(answer, 400, 'invalid_request');
    }
  });
}

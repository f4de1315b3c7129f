// Exchanged tokens of an administrator who is signed in as a user: the administrator is the first actor,
// and pairwise clients of different sectors cannot link them (OpenID Connect Core §8.1).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeJwt } from 'jose';
import { describeApp } from '#test/support/app.ts';
import type { AppFacts } from '#test/support/data/registrations.ts';
import { anImpersonation, impersonating } from '#test/support/steps/impersonation.ts';
import { createChain, exchange, pairwiseAt } from '#test/support/steps/token-exchange.ts';

describeApp('a token exchange during an impersonation', { settings: impersonating }, (app) => {
  async function actorsOf(front: AppFacts, facts: AppFacts = {}) {
    const chain = await createChain(app(), facts, { auth: 'client_secret_basic', ...front });
    const { browser, user, admin } = await anImpersonation(app());
    const asked = { resource: chain.orders.audience, scope: 'openid read' };
    await chain.frontEnd.login(user, asked);
    const login = await chain.frontEnd.login(user, asked, browser);
    const { body, text } = await exchange(chain.service, login.accessToken);
    const { access_token: exchanged } = body;
    assert.ok(typeof exchanged === 'string', text);
    const { act: before } = login.claims as { act?: { sub?: string } }; // RFC 8693 §4.1
    const { act } = decodeJwt<{ act?: { sub?: string; act?: { sub?: string } } }>(exchanged);
    assert.equal(act?.sub, chain.service.app.clientId);
    return { administratorId: admin.id, seen: before?.sub, exchanged: act?.act?.sub };
  }

  it('names the administrator by id to clients that are not pairwise', async () => {
    const { administratorId, seen, exchanged } = await actorsOf({});

    assert.deepEqual([seen, exchanged], [administratorId, administratorId]);
  });

  it('does not repeat the identifier of another sector', async () => {
    const { administratorId, seen, exchanged } = await actorsOf(
      { subject_type: 'pairwise', redirect_uris: ['https://front.example/cb'] },
      pairwiseAt('service.example'),
    );

    assert.ok(seen && exchanged);
    assert.equal(new Set([administratorId, seen, exchanged]).size, 3);
    const { subjectKey } = app().services;
    assert.equal(exchanged, await subjectKey.subjectOf('service.example', administratorId));
  });
});

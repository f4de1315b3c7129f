// Exchanged tokens (RFC 8693) combined with other rules: the lifetime limits of client profiles, the status
// lists, and every client that has exchanged them.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { inflateSync } from 'node:zlib';
import { decodeJwt } from 'jose';
import { assertRefused, inactive } from '#test/support/data/outcomes.ts';
import { until } from '#test/support/faults/fault-suite.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import {
  createChain,
  exchange,
  exchanger,
  pairwiseAt,
  signIn,
} from '#test/support/steps/token-exchange.ts';

const by = { kind: 'operator' } as const;
/** Within which a block takes effect on the other nodes (docs/blocking.md). */
const blockSeconds = 1;

describeNodes('what an exchanged token depends on', {}, (nodes) => {
  it('lives no longer than the profile of the client permits', async () => {
    const chain = await createChain(nodes(), { profile: 'mcp' });
    const { accessToken } = await signIn(chain);

    const { body, text } = await exchange(chain.service, accessToken);

    const { iat = 0, exp = 0 } = decodeJwt(String(body['access_token']));
    assert.equal(exp - iat, 900, text);
    assert.equal(body['expires_in'], 900);
  });

  it('is revoked in its status list with the tokens that were exchanged for it', async () => {
    const chain = await createChain(nodes());
    const api = await nodes().createApi({ scopes: ['read'], revocable: true });
    const last = await nodes().relyingParty(exchanger(chain.invoices, [api], {}));
    const { accessToken } = await signIn(chain);
    const first = String((await exchange(chain.service, accessToken)).body['access_token']);
    const second = String((await exchange(last, first)).body['access_token']);
    assert.equal(await statusOf(nodes(), second, 0), 0);

    await chain.frontEnd.revoke(accessToken);

    assert.equal(await statusOf(nodes(), second, 1), 1);
  });

  it('names the user by the identifier of the sector of each client', async () => {
    const front = { subject_type: 'pairwise', redirect_uris: ['https://front.example/cb'] };
    const chain = await createChain(nodes(), pairwiseAt('service.example'), front);
    const login = await signIn(chain);

    const { body, text } = await exchange(chain.service, login.accessToken);

    const token = String(body['access_token']);
    assert.match(text, /access_token/);
    const subjects = [chain.person.id, login.claims.sub, decodeJwt(token).sub];
    assert.equal(new Set(subjects).size, 3);
    const { subjectKey } = nodes().services;
    assert.equal(subjects[2], await subjectKey.subjectOf('service.example', chain.person.id));
    const there = await chain.backEnd.through(nodes().at(1).send);
    assert.equal((await there.introspect(token)).body['sub'], subjects[2]);
  });

  it('ends with a client in the middle of the chain', async () => {
    const chain = await createChain(nodes());
    const { service, backEnd } = chain;
    const { accessToken } = await signIn(chain);
    const first = String((await exchange(service, accessToken)).body['access_token']);
    const second = String((await exchange(backEnd, first)).body['access_token']);
    assert.notEqual((await backEnd.introspect(second)).text, inactive);

    await nodes().services.blocking.blockClient(service.app.clientId, by);

    // Another process has blocked it, so the nodes need a moment.
    const isInactive = async () => (await backEnd.introspect(second)).text === inactive;
    await until('the token is inactive', isInactive, blockSeconds);
    assertRefused(await exchange(backEnd, first), 400, 'invalid_request');
  });
});

describeNodes('impersonation by token exchange', {}, (nodes) => {
  it('has the same limit on exchanges as delegation', async () => {
    const chain = await createChain(nodes());
    const { orders, invoices } = chain;
    const alone = { token_exchange_impersonation: true };
    const clients = [
      await nodes().relyingParty(exchanger(orders, [invoices], alone)),
      await nodes().relyingParty(exchanger(invoices, [orders], alone)),
    ];
    let token = (await signIn(chain)).accessToken;
    const unnamed = { actor_token: '', actor_token_type: '' };

    const statuses = [];
    for (const client of [...clients, ...clients, ...clients]) {
      const answer = await exchange(client, token, unnamed);
      statuses.push(answer.status);
      if (answer.status === 200) token = String(answer.body['access_token']);
    }

    assert.deepEqual(statuses, [200, 200, 200, 200, 400, 400]);
  });
});

/** The bit of the token in its status list, as soon as it is the expected one. */
async function statusOf(nodes: Nodes, token: string, expected: number): Promise<number> {
  const { idx, uri } = Object(decodeJwt(token)['status']).status_list;
  const deadline = performance.now() + 15_000;
  for (;;) {
    const jwt = await (await nodes.at(1).send(String(uri))).text();
    const { lst } = Object(decodeJwt(jwt)['status_list']);
    const bytes = inflateSync(Buffer.from(String(lst), 'base64url'));
    const bit = ((bytes[idx >> 3] ?? 0) >> (idx & 7)) & 1;
    if (bit === expected || performance.now() > deadline) return bit;
    await pause(100);
  }
}
